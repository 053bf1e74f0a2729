import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { travel } from '../debug/commands';
import { Sessions, Stop } from '../debug/sessions';

/** What the webview may ask for. */
type Asked = { readonly type: 'ready' } | { readonly type: 'focus' } | { readonly type: 'travel'; readonly event: string } | { readonly type: 'moment'; readonly offsetNs: number };

/**
 * The local causal graph around the stop, as lanes of actors, and a scrubber over the whole recording. Drawn by media/causality.js, which has no
 * network and no access to anything but the messages posted here. Clicking moves the session; the session moves the view.
 */
export class CausalityView implements vscode.WebviewViewProvider {
  private view: vscode.WebviewView | undefined;
  private asking = 0;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly sessions: Sessions,
  ) {
    sessions.onDidChange((stop) => void this.show(stop));
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extension, 'media')] };
    view.webview.html = this.page(view.webview);
    view.webview.onDidReceiveMessage((message: Asked) => void this.answer(message));
    view.onDidChangeVisibility(() => void this.show(this.sessions.current));
    view.onDidDispose(() => (this.view = undefined));
  }

  private async answer(message: Asked): Promise<void> {
    const session = this.sessions.active;
    if (message.type === 'focus') return void (await vscode.commands.executeCommand('causeway.causality.focus'));
    if (message.type === 'ready') return this.show(this.sessions.current);
    if (!session) return;
    await travel(session, message.type === 'travel' ? { event: message.event } : { offsetNs: message.offsetNs });
  }

  /** Asks the session for what surrounds the stop; an answer that a later stop has overtaken is dropped. */
  private async show(stop: Stop | undefined): Promise<void> {
    const number = ++this.asking;
    if (!this.view?.visible) return;
    if (stop === undefined) {
      await this.post({ type: 'empty', text: this.sessions.active ? 'Running…' : 'Open a recording or stop in a Causeway debug session to see what led there.' });
      return;
    }
    try {
      const [graph, overview] = await Promise.all([stop.session.customRequest('causeway/causality'), stop.session.customRequest('causeway/overview')]);
      if (number === this.asking) await this.post({ type: 'show', graph, overview, text: stop.text });
    } catch (error) {
      if (number === this.asking) await this.post({ type: 'empty', text: error instanceof Error ? error.message : String(error) });
    }
  }

  private async post(message: unknown): Promise<void> {
    await this.view?.webview.postMessage(message);
  }

  private page(webview: vscode.Webview): string {
    const nonce = randomBytes(16).toString('base64');
    const resource = (name: string): vscode.Uri => webview.asWebviewUri(vscode.Uri.joinPath(this.extension, 'media', name));
    const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${resource('causality.css').toString()}">
<title>Causality</title>
</head>
<body>
<p id="stop" role="status"></p>
<div id="timeline">
<div id="scrubber" role="slider" tabindex="0" aria-label="Position in the recording"></div>
<div id="landmarks" role="toolbar" aria-label="Findings and exceptions: arrow keys lead from one to the next"></div>
<div id="here"></div>
</div>
<div id="graph" role="application" aria-label="Causal graph around the stop: up and down lead through time, left to causes, right to effects"></div>
<p id="reason" aria-live="polite"></p>
<script nonce="${nonce}" src="${resource('causality.js').toString()}"></script>
</body>
</html>`;
  }
}
