import * as vscode from 'vscode';
import { CommandLine } from '../commandLine';
import { Finding, findingsOf } from '../findings';
import { folderOf, nameOf } from '../recordings';

/** Opens `*.causeway` files: says what is in one and offers to travel; the recording itself is never loaded into the editor. */
export class RecordingEditor implements vscode.CustomReadonlyEditorProvider {
  constructor(
    private readonly extension: vscode.Uri,
    private readonly commandLine: CommandLine,
  ) {}

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor(document: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    const recording = document.uri;
    panel.webview.options = { enableScripts: true, enableCommandUris: ['causeway.travelTo'], localResourceRoots: [vscode.Uri.joinPath(this.extension, 'media')] };
    const facts = await this.facts(recording);
    const style = panel.webview.asWebviewUri(vscode.Uri.joinPath(this.extension, 'media', 'recording.css')).toString();
    panel.webview.html = page(recording, facts, await findingsOf(this.commandLine, recording), style, panel.webview.cspSource);
  }

  /** Facts for people, or the one line that says why the file cannot be read. */
  private async facts(recording: vscode.Uri): Promise<[string, string][]> {
    const sql = "select key, value from meta where key in ('command', 'state', 'events', 'exit_code', 'duration_ns', 'detail')";
    const said = await this.commandLine.run(folderOf(recording), ['query', recording.fsPath, sql, '--json']);
    if (said === undefined) return [['Causeway', 'is not installed in the interpreter of this folder']];
    if (said.code !== 0) return [['cannot be read', said.stderr.replace(/^causeway: /, '').trim()]];
    const rows = said.stdout.trim().split('\n').map((line) => JSON.parse(line) as { key: string; value: string });
    return rows.map(({ key, value }) => shown(key, value));
  }
}

function shown(key: string, value: string): [string, string] {
  switch (key) {
    case 'command':
      return ['command', (JSON.parse(value) as string[]).join(' ')];
    case 'duration_ns':
      return ['duration', `${(Number(value) / 1e9).toFixed(2)} s`];
    case 'events':
      return ['events', Number(value).toLocaleString()];
    default:
      return [key.replace('_', ' '), value];
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function link(recording: vscode.Uri, at: string, text: string): string {
  const target = encodeURIComponent(JSON.stringify([{ recording: recording.fsPath, at }]));
  return `<a href="command:causeway.travelTo?${target}">${escaped(text)}</a>`;
}

function page(recording: vscode.Uri, facts: [string, string][], findings: readonly Finding[], style: string, source: string): string {
  const rows = facts.map(([key, value]) => `<tr><th scope="row">${escaped(key)}</th><td>${escaped(value)}</td></tr>`).join('');
  const items = findings.map((one) => `<li><span class="tier ${escaped(one.tier)}">${escaped(one.tier)}</span> ${link(recording, one.id, one.title)}</li>`).join('');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source}">
<link rel="stylesheet" href="${style}">
<title>${escaped(nameOf(recording))}</title>
</head>
<body>
<h1>${escaped(nameOf(recording))}</h1>
<p class="travel">${link(recording, 'end', 'Travel from its end')} · ${link(recording, 'start', 'Travel from its start')}</p>
<table>${rows}</table>
<h2>${findings.length === 0 ? 'No findings' : 'Findings'}</h2>
<ul>${items}</ul>
</body>
</html>`;
}
