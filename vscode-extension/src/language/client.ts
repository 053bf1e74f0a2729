import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { Interpreters } from '../interpreter';

/** The language server's life: one client for the window, started when a Python file is there and an interpreter has Causeway. */
export class LanguageServer implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private starting: Promise<void> | undefined;

  constructor(private readonly interpreters: Interpreters) {}

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
    void this.stop();
  }

  private async begin(): Promise<void> {
    if (this.client) return;
    const python = await this.interpreters.silently(vscode.workspace.workspaceFolders?.[0]);
    if (python === undefined) return;
    const run = { command: python, args: ['-m', 'causeway_core', 'lsp'] };
    const client = new LanguageClient('causeway', 'Causeway', run, {
      documentSelector: [{ scheme: 'file', language: 'python' }],
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

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.stop();
  }
}
