import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

const run = promisify(execFile);
const PROBE = 'import causeway._tap, causeway_core, causeway_adapter, sys; print(sys.version_info[:2] >= (3, 11))';

/** The part of the Python extension's API that is used here; it is looked at, never required. */
interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(environment: { path: string }): Thenable<{ executable: { uri?: vscode.Uri } } | undefined>;
  };
}

/**
 * Finds the Python interpreter of a folder: the setting, else the Python extension's choice, else `.venv` or `venv`, else `python3`.
 * What has once been found to have Causeway is remembered until the window closes.
 */
export class Interpreters {
  private readonly known = new Set<string>();

  /** The interpreter for a folder. It need not have Causeway, nor exist. */
  async of(folder: vscode.WorkspaceFolder | undefined): Promise<string> {
    const configured = vscode.workspace.getConfiguration('causeway', folder?.uri).get<string>('python')?.trim();
    if (configured) return this.absolute(configured, folder);
    return (await this.ofPythonExtension(folder)) ?? this.ofVirtualEnvironment(folder) ?? 'python3';
  }

  /** The interpreter if Causeway can be imported there; otherwise offers to install it or to choose another, and gives undefined if the person declines. */
  async withCauseway(folder: vscode.WorkspaceFolder | undefined, explicit?: string): Promise<string | undefined> {
    const python = explicit ?? (await this.of(folder));
    if (this.known.has(python)) return python;
    const trouble = await this.trouble(python);
    if (trouble === undefined) {
      this.known.add(python);
      return python;
    }
    return this.offer(python, trouble, folder);
  }

  /** The interpreter if Causeway is there, without asking anybody. */
  async silently(folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
    const python = await this.of(folder);
    if (this.known.has(python)) return python;
    if ((await this.trouble(python)) !== undefined) return undefined;
    this.known.add(python);
    return python;
  }

  private async trouble(python: string): Promise<string | undefined> {
    try {
      const { stdout } = await run(python, ['-c', PROBE], { timeout: 20_000 });
      return stdout.includes('True') ? undefined : `${python} is older than Python 3.11.`;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return text.includes('ModuleNotFoundError') ? `Causeway is not installed in ${python}.` : `${python} cannot be started as a Python interpreter.`;
    }
  }

  private async offer(python: string, trouble: string, folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
    const install = 'Install Causeway', choose = 'Choose Interpreter…';
    const canInstall = trouble.includes('not installed');
    const picked = await vscode.window.showErrorMessage(trouble, { modal: true, detail: this.detail(python, canInstall) }, ...(canInstall ? [install, choose] : [choose]));
    if (picked === install) return this.install(python, folder);
    if (picked === choose) return this.choose(folder);
    return undefined;
  }

  private detail(python: string, canInstall: boolean): string {
    return canInstall ? `It can be installed with: ${python} -m pip install causeway-debugger` : 'Causeway needs CPython 3.11 or newer.';
  }

  private async install(python: string, folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
    const source = vscode.workspace.getConfiguration('causeway', folder?.uri).get<string>('package', 'causeway-debugger');
    const shell = new vscode.ShellExecution(python, ['-m', 'pip', 'install', ...source.split(/\s+/)]);
    const task = new vscode.Task({ type: 'causeway' }, folder ?? vscode.TaskScope.Workspace, 'Install Causeway', 'causeway', shell);
    const execution = await vscode.tasks.executeTask(task);
    const code = await new Promise<number | undefined>((resolve) => {
      const listener = vscode.tasks.onDidEndTaskProcess((event) => {
        if (event.execution === execution) {
          listener.dispose();
          resolve(event.exitCode);
        }
      });
    });
    if (code === 0) return this.withCauseway(folder, python);
    void vscode.window.showErrorMessage(`Installing Causeway failed (exit code ${code ?? 'unknown'}); the terminal says why.`);
    return undefined;
  }

  private async choose(folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
    const picked = await vscode.window.showOpenDialog({ title: 'Python interpreter with Causeway', canSelectMany: false });
    const python = picked?.[0]?.fsPath;
    if (python === undefined) return undefined;
    await vscode.workspace.getConfiguration('causeway', folder?.uri).update('python', python, vscode.ConfigurationTarget.Workspace);
    return this.withCauseway(folder, python);
  }

  private absolute(configured: string, folder: vscode.WorkspaceFolder | undefined): string {
    const replaced = configured.replace('${workspaceFolder}', folder?.uri.fsPath ?? '');
    return replaced.includes(path.sep) && !path.isAbsolute(replaced) && folder ? path.join(folder.uri.fsPath, replaced) : replaced;
  }

  private async ofPythonExtension(folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
    const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
    if (!extension) return undefined;
    try {
      const api = extension.isActive ? extension.exports : await extension.activate();
      const environments = api.environments;
      if (!environments) return undefined;
      const resolved = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(folder?.uri));
      return resolved?.executable.uri?.fsPath;
    } catch {
      return undefined;
    }
  }

  private ofVirtualEnvironment(folder: vscode.WorkspaceFolder | undefined): string | undefined {
    if (!folder) return undefined;
    const inside = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
    return ['.venv', 'venv'].map((name) => path.join(folder.uri.fsPath, name, ...inside)).find((candidate) => existsSync(candidate));
  }
}
