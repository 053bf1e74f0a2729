import * as vscode from 'vscode';

const MOST = 500;
const NOT_THE_PERSON_S = '{**/node_modules/**,**/.venv/**,**/venv/**,**/site-packages/**,**/__pycache__/**}';

/** The Python file that a command is about: the one it was called on, the one in the editor, else one that the person picks. */
export async function pythonFile(uri: vscode.Uri | undefined, question: string): Promise<vscode.Uri | undefined> {
  if (uri) return uri;
  const shown = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors].find((editor) => editor?.document.languageId === 'python');
  return shown?.document.uri ?? pick(question);
}

async function pick(question: string): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles('**/*.py', NOT_THE_PERSON_S, MOST);
  if (found.length === 0) {
    void vscode.window.showInformationMessage('There is no Python file in this workspace: open a folder that has one.');
    return undefined;
  }
  const rows = found.map((one) => ({ label: vscode.workspace.asRelativePath(one), uri: one }));
  return (await vscode.window.showQuickPick(rows.sort((a, b) => a.label.localeCompare(b.label)), { placeHolder: question }))?.uri;
}
