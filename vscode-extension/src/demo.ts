import * as vscode from 'vscode';

/** Copies the bundled bank, which loses a withdrawal, into a folder that the person picks, and opens it. */
export async function createDemo(extension: vscode.Uri): Promise<void> {
  const picked = await vscode.window.showOpenDialog({ title: 'Where to put the demo', canSelectFiles: false, canSelectFolders: true });
  const parent = picked?.[0];
  if (parent === undefined) return;
  const target = vscode.Uri.joinPath(parent, 'causeway-demo');
  await vscode.workspace.fs.copy(vscode.Uri.joinPath(extension, 'walkthrough', 'bank'), target, { overwrite: false });
  await vscode.commands.executeCommand('vscode.openFolder', target, { forceNewWindow: false });
}
