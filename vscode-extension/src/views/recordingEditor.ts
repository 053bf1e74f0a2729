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
    const style = panel.webview.asWebviewUri(vscode.Uri.joinPath(this.extension, 'media', 'recording.css')).toString();
    panel.webview.html = page(recording, await this.body(recording), style, panel.webview.cspSource);
  }

  /** Facts for people and ways in, or the sentence that says why the file cannot be read. */
  private async body(recording: vscode.Uri): Promise<string> {
    const sql = "select key, value from meta where key in ('command', 'state', 'events', 'exit_code', 'duration_ns', 'detail')";
    const said = await this.commandLine.run(folderOf(recording), ['query', recording.fsPath, sql, '--json']);
    if (said === undefined) return trouble('Causeway is not installed in the interpreter of this folder: start a debug session, which offers to install it.');
    if (said.code !== 0) return trouble(said.stderr.replace(/^causeway: /, '').trim().split(/\s*\n\s*/).join('; '));
    const rows = said.stdout.trim().split('\n').map((line) => JSON.parse(line) as { key: string; value: string });
    return summary(recording, rows.map(({ key, value }) => shown(key, value)), await findingsOf(this.commandLine, recording));
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

function trouble(sentence: string): string {
  return `<p role="alert">${escaped(sentence)}</p>`;
}

function summary(recording: vscode.Uri, facts: readonly [string, string][], findings: readonly Finding[]): string {
  const rows = facts.map(([key, value]) => `<tr><th scope="row">${escaped(key)}</th><td>${escaped(value)}</td></tr>`).join('');
  const items = findings.map((one) => `<li><span class="tier ${escaped(one.tier)}">${escaped(one.tier)}</span> ${link(recording, one.id, one.title)}</li>`).join('');
  return `<p class="travel">${link(recording, 'end', 'Travel from its end')} · ${link(recording, 'start', 'Travel from its start')}</p>
<table>${rows}</table>
<h2>${findings.length === 0 ? 'No findings' : 'Findings'}</h2>
<ul>${items}</ul>`;
}

function page(recording: vscode.Uri, body: string, style: string, source: string): string {
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
${body}
</body>
</html>`;
}
