import * as vscode from 'vscode';
import { CommandLine } from './commandLine';
import { Finding, findingsOf } from './findings';
import { folderOf, nameOf, recordingsOf } from './recordings';

/** The scheme of the documents that are compared. */
export const SCHEME = 'causeway-findings';

/** The findings of a recording as text that nobody can change or is asked to save; its path is the recording's. */
export class FindingsAsText implements vscode.TextDocumentContentProvider {
  constructor(private readonly commandLine: CommandLine) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return text(await findingsOf(this.commandLine, uri.with({ scheme: 'file', query: '' })));
  }
}

/** Shows which findings came and which went between two recordings, as a diff of their titles. */
export async function compare(recording: vscode.Uri): Promise<void> {
  const folder = folderOf(recording);
  const all = folder ? await recordingsOf(folder) : [];
  const others = all.filter((other) => other.fsPath !== recording.fsPath);
  if (others.length === 0) {
    void vscode.window.showInformationMessage(`There is no recording beside ${nameOf(recording)} to compare it with.`);
    return;
  }
  const picked = await vscode.window.showQuickPick(others.map((uri) => ({ label: nameOf(uri), uri })), { placeHolder: `Compare ${nameOf(recording)} with…` });
  if (!picked) return;
  // The older one is on the left. The query makes a text of its own of a recording that has been written again since it was compared last.
  const pair = all.filter((one) => one === picked.uri || one.fsPath === recording.fsPath).reverse();
  const query = String(Date.now());
  const [before, after] = pair.map((uri) => uri.with({ scheme: SCHEME, query }));
  await vscode.commands.executeCommand('vscode.diff', before, after, `Findings: ${pair.map(nameOf).join(' ↔ ')}`);
}

/** Sorted by what is found, not by number, so that a diff shows what changed. */
function text(findings: readonly Finding[]): string {
  const lines = findings.map(({ tier, kind, resource, title }) => `${kind.replaceAll('_', ' ')} of ${resource}\n    ${tier}\n    ${title}`).sort();
  return lines.join('\n') || 'no findings';
}
