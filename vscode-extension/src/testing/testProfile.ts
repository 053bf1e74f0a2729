import * as path from 'node:path';
import * as vscode from 'vscode';
import { CommandLine } from '../commandLine';
import { Interpreters } from '../interpreter';
import { execFile } from 'node:child_process';

/** pytest's tests in the test explorer, with "Debug with Causeway": a failing test stops at its end, with its whole past open. */
export class TestProfile implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController('causeway', 'Causeway (pytest)');

  constructor(
    private readonly interpreters: Interpreters,
    private readonly commandLine: CommandLine,
  ) {
    this.controller.resolveHandler = async (item) => (item === undefined ? this.discover() : undefined);
    this.controller.refreshHandler = () => this.discover();
    this.controller.createRunProfile('Debug with Causeway', vscode.TestRunProfileKind.Debug, (request) => this.debug(request), true);
    this.controller.createRunProfile('Record with Causeway', vscode.TestRunProfileKind.Run, (request, token) => this.record(request, token), false);
  }

  dispose(): void {
    this.controller.dispose();
  }

  private async discover(): Promise<void> {
    this.controller.items.replace([]);
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      for (const node of await this.collected(folder)) this.add(folder, node);
    }
  }

  /** Node ids as `pytest --collect-only -q` lists them. */
  private async collected(folder: vscode.WorkspaceFolder): Promise<string[]> {
    const python = await this.interpreters.silently(folder);
    if (python === undefined) return [];
    return new Promise((resolve) => {
      execFile(python, ['-m', 'pytest', '--collect-only', '-q', '--no-header'], { cwd: folder.uri.fsPath, timeout: 120_000, maxBuffer: 64 << 20 }, (_, stdout) =>
        resolve(stdout.split('\n').filter((line) => /^\S+\.py::/.test(line))),
      );
    });
  }

  private add(folder: vscode.WorkspaceFolder, node: string): void {
    const [file = '', ...names] = node.split('::');
    const uri = vscode.Uri.file(path.join(folder.uri.fsPath, file));
    let items = this.controller.items;
    let id = file;
    for (const name of [file, ...names]) {
      if (name !== file) id += `::${name}`;
      let item = items.get(id);
      if (item === undefined) {
        item = this.controller.createTestItem(id, name, uri);
        items.add(item);
      }
      items = item.children;
    }
  }

  private chosen(request: vscode.TestRunRequest): vscode.TestItem[] {
    if (request.include) return [...request.include];
    const all: vscode.TestItem[] = [];
    this.controller.items.forEach((item) => all.push(item));
    return all;
  }

  private async debug(request: vscode.TestRunRequest): Promise<void> {
    const items = this.chosen(request);
    const folder = items[0]?.uri && vscode.workspace.getWorkspaceFolder(items[0].uri);
    const args = ['--no-header', '-p', 'no:cacheprovider', ...items.map(({ id }) => id)];
    await vscode.debug.startDebugging(folder, { type: 'causeway', request: 'launch', name: 'Causeway: tests', module: 'pytest', args, stopAtEnd: true });
  }

  private async record(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const run = this.controller.createTestRun(request);
    for (const item of this.chosen(request)) {
      if (token.isCancellationRequested) break;
      run.started(item);
      const said = await this.commandLine.run(item.uri && vscode.workspace.getWorkspaceFolder(item.uri), ['record', 'pytest', '-q', item.id], token);
      run.appendOutput((said === undefined ? 'no interpreter with Causeway' : said.stdout + said.stderr).replaceAll('\n', '\r\n'), undefined, item);
      if (said?.code === 0) run.passed(item);
      else run.failed(item, new vscode.TestMessage(said === undefined ? 'no interpreter with Causeway' : said.stdout));
    }
    run.end();
  }
}
