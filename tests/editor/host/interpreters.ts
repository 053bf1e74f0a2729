import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { subject, type Tests } from './subject.ts';

async function chosen(folder: vscode.WorkspaceFolder, setting: string): Promise<string> {
  await vscode.workspace.getConfiguration('causeway', folder.uri).update('python', setting, vscode.ConfigurationTarget.Workspace);
  return subject().exports.interpreterOf(folder);
}

export const interpreters: Tests = {
  'the interpreter is the setting, else the choice of the Python extension, else .venv, else what python3 means': async (folder) => {
    const place = folder.uri.fsPath;
    const before = vscode.workspace.getConfiguration('causeway', folder.uri).inspect<string>('python')?.workspaceValue;
    mkdirSync(join(place, '.venv', 'bin'), { recursive: true });
    writeFileSync(join(place, '.venv', 'bin', 'python'), '');
    writeFileSync(join(place, 'chosen'), '/of/the/python/extension');
    assert.equal(await chosen(folder, '${workspaceFolder}/mine/python'), join(place, 'mine', 'python'));
    assert.equal(await chosen(folder, 'mine/python'), join(place, 'mine', 'python'));
    assert.equal(await chosen(folder, ''), '/of/the/python/extension');
    rmSync(join(place, 'chosen'));
    assert.equal(await chosen(folder, ''), join(place, '.venv', 'bin', 'python'));
    rmSync(join(place, '.venv'), { recursive: true });
    assert.equal(await chosen(folder, ''), 'python3');
    await vscode.workspace.getConfiguration('causeway', folder.uri).update('python', before, vscode.ConfigurationTarget.Workspace);
  },
};
