import { execFile } from 'node:child_process';
import * as vscode from 'vscode';
import { Interpreters } from './interpreter';

/** What a `causeway` command said. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `causeway` commands of a folder's interpreter. Nothing is parsed here but JSON. */
export class CommandLine {
  constructor(readonly interpreters: Interpreters) {}

  /** Runs `causeway …words` in a folder, without asking anybody for an interpreter; undefined where there is none with Causeway. */
  async run(folder: vscode.WorkspaceFolder | undefined, words: readonly string[], token?: vscode.CancellationToken): Promise<Said | undefined> {
    const python = await this.interpreters.silently(folder);
    if (python === undefined) return undefined;
    return new Promise((resolve) => {
      const cwd = folder?.uri.fsPath;
      const child = execFile(python, ['-m', 'causeway_core', ...words], { ...(cwd ? { cwd } : {}), maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
      token?.onCancellationRequested(() => child.kill());
    });
  }

  /** One JSON value a line of stdout; empty where the command failed. */
  async lines<T>(folder: vscode.WorkspaceFolder | undefined, words: readonly string[]): Promise<T[]> {
    const said = await this.run(folder, words);
    if (said === undefined || said.code !== 0) return [];
    return said.stdout.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as T);
  }
}
