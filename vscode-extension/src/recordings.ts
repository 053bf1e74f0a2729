import * as path from 'node:path';
import * as vscode from 'vscode';

export const PATTERN = '.causeway/*.causeway';

/** The recordings of a folder, newest first. */
export async function recordingsOf(folder: vscode.WorkspaceFolder): Promise<vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, `**/${PATTERN}`), '**/node_modules/**', 200);
  const dated = await Promise.all(found.map(async (uri) => ({ uri, time: await modified(uri) })));
  return dated.sort((a, b) => b.time - a.time).map(({ uri }) => uri);
}

/** The newest recording of a folder, undefined where there is none. */
export async function newestRecording(folder: vscode.WorkspaceFolder): Promise<vscode.Uri | undefined> {
  return (await recordingsOf(folder))[0];
}

/** The folder that a recording belongs to: the workspace folder, also for one opened from elsewhere the first. */
export function folderOf(recording: vscode.Uri): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.getWorkspaceFolder(recording) ?? vscode.workspace.workspaceFolders?.[0];
}

/** A recording's name for people. */
export function nameOf(recording: vscode.Uri): string {
  return path.basename(recording.fsPath, '.causeway');
}

async function modified(uri: vscode.Uri): Promise<number> {
  try {
    return (await vscode.workspace.fs.stat(uri)).mtime;
  } catch {
    return 0;
  }
}
