import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activation } from './activation.ts';
import { configurations } from './configurations.ts';
import { editors } from './editors.ts';
import { interpreters } from './interpreters.ts';

/** What a test came to; `trouble` is empty where it passed. */
export interface Result {
  readonly name: string;
  readonly trouble: string;
}

/** VS Code calls this in its extension host (`extensionTestsPath`). What each test came to is left in the workspace, in `results.json`. */
export async function run(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('no folder is open');
  const results: Result[] = [];
  for (const [name, test] of Object.entries({ ...activation, ...interpreters, ...configurations, ...editors })) {
    const trouble = await test(folder).then(() => '', (error: unknown) => (error instanceof Error ? error.stack ?? error.message : String(error)));
    results.push({ name, trouble });
  }
  writeFileSync(join(folder.uri.fsPath, 'results.json'), JSON.stringify(results));
}
