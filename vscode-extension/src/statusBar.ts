import * as vscode from 'vscode';
import { Sessions } from './debug/sessions';
import { nameOf } from './recordings';

/** One item: where the active session is, or how many findings the newest recording has. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('causeway', vscode.StatusBarAlignment.Left, 10);
  private readonly listener: vscode.Disposable;
  private idle = '';

  constructor(private readonly sessions: Sessions) {
    this.item.name = 'Causeway';
    this.listener = sessions.onDidChange(() => this.show());
  }

  /** What to say while no session is active: findings of the newest recording, and what recording it cost. */
  rest(recording: vscode.Uri | undefined, findings: number): void {
    this.idle = recording === undefined ? '' : `$(history) ${nameOf(recording)}: ${findings === 1 ? '1 finding' : `${findings} findings`}`;
    this.show();
  }

  dispose(): void {
    this.listener.dispose();
    this.item.dispose();
  }

  private show(): void {
    const stop = this.sessions.current;
    const session = this.sessions.active;
    const past = /in the past: [^.;)]*/i.exec(stop?.text ?? '')?.[0];
    if (session) {
      this.item.text = past === undefined ? (session.configuration['recording'] === undefined ? '$(record) recording' : '$(history) in a recording') : `$(history) ${past}`;
      this.item.tooltip = stop?.text ?? 'Causeway records this run';
      this.item.command = 'causeway.pickCause';
    } else {
      this.item.text = this.idle;
      this.item.tooltip = 'Show the findings';
      this.item.command = 'causeway.findings.focus';
    }
    if (this.item.text === '') this.item.hide();
    else this.item.show();
  }
}
