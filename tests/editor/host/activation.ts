import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { subject, type Tests, until } from './subject.ts';

/** The command lines of the processes that this extension host has started. */
function children(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return parent === String(process.pid) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')] : [];
      } catch {
        return [];
      }
    });
}

const serves = (): boolean => children().some((line) => line.includes('causeway_core lsp'));

export const activation: Tests = {
  'a workspace with tests activates the extension, and starts no language server before there is a Python text': async (folder) => {
    await subject().activate();
    assert.equal(serves(), false, children().join('\n'));
    await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, 'counter.py'));
    await until(serves);
  },
  'every command that is contributed is registered': async () => {
    await subject().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const contributed = (subject().packageJSON as { contributes: { commands: { command: string }[] } }).contributes.commands.map(({ command }) => command);
    assert.ok(contributed.length > 15);
    assert.deepEqual(contributed.filter((command) => !registered.has(command)), []);
  },
};
