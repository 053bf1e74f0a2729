import * as vscode from 'vscode';
import { CommandLine } from './commandLine';
import { Finding, findingsOf } from './findings';
import { folderOf, nameOf, recordingsOf } from './recordings';

/** Shows which findings came and which went between two recordings, as a diff of their titles. */
export async function compare(commandLine: CommandLine, recording: vscode.Uri): Promise<void> {
  const folder = folderOf(recording);
  const others = folder ? (await recordingsOf(folder)).filter((other) => other.fsPath !== recording.fsPath) : [];
  const picked = await vscode.window.showQuickPick(others.map((uri) => ({ label: nameOf(uri), uri })), { placeHolder: `Compare ${nameOf(recording)} with…` });
  if (!picked) return;
  const [left, right] = await Promise.all([picked.uri, recording].map(async (uri) => document(await findingsOf(commandLine, uri))));
  if (!left || !right) return;
  await vscode.commands.executeCommand('vscode.diff', left.uri, right.uri, `Findings: ${picked.label} ↔ ${nameOf(recording)}`);
}

/** Sorted by what is found, not by number, so that a diff shows what changed. */
function document(findings: readonly Finding[]): Thenable<vscode.TextDocument> {
  const lines = findings.map(({ tier, kind, resource, title }) => `${kind.replaceAll('_', ' ')} of ${resource}\n    ${tier}\n    ${title}`).sort();
  return vscode.workspace.openTextDocument({ language: 'plaintext', content: lines.join('\n') || 'no findings' });
}
