import * as vscode from 'vscode';

/** What a `stopped` event of a Causeway session said. */
export interface Stop {
  readonly session: vscode.DebugSession;
  readonly threadId: number | undefined;
  readonly text: string;
}

/** Follows the Causeway debug sessions: which is active, and where it stopped last. Views and commands listen to it. */
export class Sessions implements vscode.DebugAdapterTrackerFactory, vscode.Disposable {
  private readonly stops = new Map<string, Stop>();
  private readonly changed = new vscode.EventEmitter<Stop | undefined>();
  private readonly listeners: vscode.Disposable[];

  /** Fires with each stop, and with undefined when the active session runs or ends. */
  readonly onDidChange = this.changed.event;

  constructor() {
    this.listeners = [
      vscode.debug.onDidTerminateDebugSession((session) => this.forget(session)),
      vscode.debug.onDidChangeActiveDebugSession(() => this.changed.fire(this.current)),
    ];
  }

  /** The active Causeway session, undefined where another kind or none is active. */
  get active(): vscode.DebugSession | undefined {
    const session = vscode.debug.activeDebugSession;
    return session?.type === 'causeway' ? session : undefined;
  }

  /** Where the active session stopped, undefined while it runs. */
  get current(): Stop | undefined {
    return this.active && this.stops.get(this.active.id);
  }

  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    return { onDidSendMessage: (message: unknown) => this.follow(session, message) };
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.changed.dispose();
  }

  private follow(session: vscode.DebugSession, message: unknown): void {
    const { type, event, body } = message as { type?: string; event?: string; body?: { threadId?: number; text?: string; description?: string } };
    if (type !== 'event') return;
    if (event === 'stopped') {
      const stop = { session, threadId: body?.threadId, text: body?.text ?? body?.description ?? '' };
      this.stops.set(session.id, stop);
      this.changed.fire(stop);
    } else if (event === 'continued' || event === 'terminated') {
      this.forget(session);
    }
  }

  private forget(session: vscode.DebugSession): void {
    this.stops.delete(session.id);
    this.changed.fire(this.current);
  }
}
