import * as vscode from 'vscode';
import { CommandLine } from '../commandLine';
import { nameOf, recordingsOf } from '../recordings';

/** What `causeway ls --json` says of a recording. */
interface Listed {
  readonly path: string;
  readonly bytes: number;
  readonly modified: string;
  readonly state: 'complete' | 'incomplete' | 'unreadable';
  readonly events?: number;
  readonly findings?: number;
  readonly command?: string;
  readonly error?: string;
}

/** The recordings of the workspace, newest first. */
export class RecordingsView implements vscode.TreeDataProvider<vscode.Uri> {
  private readonly changed = new vscode.EventEmitter<void>();
  private listed = new Map<string, Listed>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly commandLine: CommandLine) {}

  refresh(): void {
    this.changed.fire();
  }

  async getChildren(recording?: vscode.Uri): Promise<vscode.Uri[]> {
    if (recording !== undefined) return [];
    const folders = vscode.workspace.workspaceFolders ?? [];
    const found = (await Promise.all(folders.map(recordingsOf))).flat();
    const lines = await Promise.all(folders.map((folder) => this.commandLine.lines<Listed>(folder, ['ls', '--json'])));
    this.listed = new Map(
      lines.flatMap((said, index) => said.map((one) => [vscode.Uri.joinPath(folders[index]?.uri ?? vscode.Uri.file('/'), one.path).fsPath, one] as const)),
    );
    for (const [path, one] of [...this.listed]) this.listed.set(one.path, this.listed.get(path) ?? one);
    return found;
  }

  getTreeItem(recording: vscode.Uri): vscode.TreeItem {
    const item = new vscode.TreeItem(nameOf(recording));
    const one = this.listed.get(recording.fsPath);
    item.resourceUri = recording;
    item.contextValue = 'recording';
    item.iconPath = new vscode.ThemeIcon(one?.state === 'unreadable' ? 'error' : one?.state === 'incomplete' ? 'warning' : 'history');
    item.description = this.describe(one);
    // In a narrow side bar the row itself is cut off.
    item.tooltip = [nameOf(recording), item.description, one?.error ?? one?.command ?? recording.fsPath].filter((line) => line !== '').join('\n');
    item.command = { command: 'causeway.openRecording', title: 'Open', arguments: [recording] };
    return item;
  }

  private describe(one: Listed | undefined): string {
    if (one === undefined) return '';
    if (one.state === 'unreadable') return 'cannot be read';
    const findings = one.findings ?? 0;
    const parts = [findings === 1 ? '1 finding' : `${findings} findings`, `${(one.events ?? 0).toLocaleString('en')} events`, one.modified];
    return [...(one.state === 'incomplete' ? ['incomplete'] : []), ...parts].join(' · ');
  }
}

/** Asks, then deletes a recording, into the trash where there is one; false where the person does not want it. */
export async function deleteRecording(recording: vscode.Uri): Promise<boolean> {
  const picked = await vscode.window.showWarningMessage(`Delete the recording ${nameOf(recording)}?`, { modal: true }, 'Delete');
  if (picked !== 'Delete') return false;
  try {
    await vscode.workspace.fs.delete(recording, { useTrash: true });
  } catch {
    await vscode.workspace.fs.delete(recording);
  }
  return true;
}
