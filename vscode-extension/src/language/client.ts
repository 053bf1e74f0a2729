import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { Sessions } from '../debug/sessions';
import { Destination, travelTo } from '../debug/travelTo';
import { Interpreters } from '../interpreter';
import { PATTERN } from '../recordings';

/** The language server's life: one client for the window, started once it has something to say and an interpreter has Causeway. */
export class LanguageServer implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private starting: Promise<void> | undefined;
  private waiting: vscode.Disposable | undefined;

  constructor(
    private readonly interpreters: Interpreters,
    private readonly sessions: Sessions,
  ) {}

  /** Starts the server once there is a Python text open, or a recording to speak of: a window that shows neither has no need of it. */
  async whenNeeded(): Promise<void> {
    const python = (document: vscode.TextDocument): boolean => document.languageId === 'python';
    this.waiting ??= vscode.workspace.onDidOpenTextDocument((document) => void (python(document) && this.start()));
    if (vscode.workspace.textDocuments.some(python)) return this.start();
    if ((await vscode.workspace.findFiles(`**/${PATTERN}`, '**/node_modules/**', 1)).length > 0) await this.start();
  }

  /** Starts the server if it does not run yet. Without Causeway in the interpreter nothing happens, and nobody is asked. */
  start(): Promise<void> {
    this.starting ??= this.begin().finally(() => (this.starting = undefined));
    return this.starting;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  dispose(): void {
    this.waiting?.dispose();
    void this.stop();
  }

  private async begin(): Promise<void> {
    if (this.client) return;
    const python = await this.interpreters.silently(vscode.workspace.workspaceFolders?.[0]);
    if (python === undefined) return;
    const run = { command: python, args: ['-m', 'causeway_core', 'lsp'] };
    const client = new LanguageClient('causeway', 'Causeway', run, {
      documentSelector: [{ scheme: 'file', language: 'python' }],
      middleware: { executeCommand: (command, words, next) => this.execute(command, words, next) },
      synchronize: { configurationSection: 'causeway', fileEvents: vscode.workspace.createFileSystemWatcher('**/.causeway/*.causeway') },
    });
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.client = undefined;
      void vscode.window.showErrorMessage(`The Causeway language server did not start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** The server says where to travel; opening the session is the editor's part. */
  private async execute(command: string, words: unknown[], next: (command: string, words: unknown[]) => vscode.ProviderResult<unknown>): Promise<unknown> {
    const result = await next(command, words);
    if (command === 'causeway.travel' && isDestination(result)) await travelTo(this.sessions, result);
    return result;
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.stop();
  }
}

function isDestination(value: unknown): value is Destination {
  return typeof value === 'object' && value !== null && 'recording' in value && typeof value.recording === 'string';
}
