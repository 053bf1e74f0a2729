import * as vscode from 'vscode';
import { Sessions } from './debug/sessions';
import { nameOf } from './recordings';

const EVERY_MS = 2_000;

/** How much a session has recorded; `share` is what part of the program's processor time that took, an estimate, absent where nobody knows. */
interface Cost {
  readonly events: number;
  readonly bytes: number;
  readonly share?: number;
  readonly nanosecondsAnEvent?: number;
}

/** One item: where the active session is and how much it has recorded, or how many findings the newest recording has. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('causeway', vscode.StatusBarAlignment.Left, 10);
  private readonly listener: vscode.Disposable;
  private readonly timer: NodeJS.Timeout;
  private idle = '';
  private cost: { readonly session: string; readonly words: string; readonly explained: string } | undefined;

  constructor(private readonly sessions: Sessions) {
    this.item.name = 'Causeway';
    this.listener = sessions.onDidChange(() => {
      this.show();
      void this.ask();
    });
    this.timer = setInterval(() => void (this.sessions.active && !this.sessions.current && this.ask()), EVERY_MS);
  }

  /** What to say while no session is active: findings of the newest recording. */
  rest(recording: vscode.Uri | undefined, findings: number): void {
    this.idle = recording === undefined ? '' : `$(history) ${nameOf(recording)}: ${findings === 1 ? '1 finding' : `${findings} findings`}`;
    this.show();
  }

  dispose(): void {
    clearInterval(this.timer);
    this.listener.dispose();
    this.item.dispose();
  }

  /** Asks the active session what it has recorded; a session that cannot say so (yet, or any more) is shown without. */
  private async ask(): Promise<void> {
    const session = this.sessions.active;
    if (!session) return;
    try {
      const cost = (await session.customRequest('causeway/cost')) as Cost;
      const recorded = `${cost.events.toLocaleString('en')} events, ${size(cost.bytes)}`;
      this.cost = { session: session.id, words: [recorded, share(cost)].filter(Boolean).join(' · '), explained: [`recorded: ${recorded}`, explained(cost)].filter(Boolean).join('\n') };
      this.show();
    } catch {
      this.cost = undefined;
    }
  }

  private show(): void {
    const session = this.sessions.active;
    if (session) this.showSession(session);
    else {
      this.item.text = this.idle;
      this.item.tooltip = 'Show the findings';
      this.item.command = 'causeway.findings.focus';
    }
    if (this.item.text === '') this.item.hide();
    else this.item.show();
  }

  private showSession(session: vscode.DebugSession): void {
    const stop = this.sessions.current;
    const past = /in the past: [^.;)]*/i.exec(stop?.text ?? '')?.[0];
    const ended = stop?.text.startsWith('The program has ended') === true;
    const state = session.configuration['recording'] !== undefined ? '$(history) in a recording' : ended ? '$(history) at its end' : '$(record) recording';
    const cost = this.cost?.session === session.id ? this.cost : undefined;
    this.item.text = past === undefined ? [state, cost?.words].filter(Boolean).join(' · ') : `$(history) ${past}`;
    this.item.tooltip = [stop?.text ?? 'Causeway records this run', cost?.explained].filter(Boolean).join('\n');
    this.item.command = 'causeway.pickCause';
  }
}

function size(bytes: number): string {
  return bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

/** "recorder ~12% CPU"; nothing where it is not known. */
function share({ share: part }: Cost): string {
  if (part === undefined) return '';
  return part < 0.01 ? 'recorder <1% CPU' : `recorder ~${Math.round(part * 100)}% CPU`;
}

function explained({ share: part, nanosecondsAnEvent }: Cost): string {
  if (part === undefined || nanosecondsAnEvent === undefined) return '';
  return `recorder: about ${(part * 100).toFixed(1)}% of the CPU time of the program so far. An estimate: the events, times the ${nanosecondsAnEvent} ns that one takes in a small program on this machine, of all CPU time of the program and its child processes, the debugger's part included.`;
}
