import * as vscode from 'vscode';

export type Tests = Readonly<Record<string, (folder: vscode.WorkspaceFolder) => Promise<void>>>;

/** The part of the extension's API that is used here. */
interface Api {
  interpreterOf(folder?: vscode.WorkspaceFolder): Promise<string>;
}

/** The extension that is tested. */
export function subject(): vscode.Extension<Api> {
  const found = vscode.extensions.getExtension<Api>('causeway.causeway');
  if (found === undefined) throw new Error('the extension is not there');
  return found;
}

const BETWEEN_LOOKS_MS = 100;

/** Waits until something is so; the scene that opened the window says how long at most. */
export async function until(so: () => boolean): Promise<void> {
  while (!so()) await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
}
