import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type Tests, until } from './subject.ts';

export const editors: Tests = {
  'a recording opens in an editor of its own, also one that is none': async (folder) => {
    mkdirSync(join(folder.uri.fsPath, 'kept'), { recursive: true });
    const recording = vscode.Uri.joinPath(folder.uri, 'kept', 'broken.causeway');
    writeFileSync(recording.fsPath, 'no recording');
    await vscode.commands.executeCommand('vscode.open', recording);
    await until(() => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputCustom);
    const { viewType, uri } = vscode.window.tabGroups.activeTabGroup.activeTab?.input as vscode.TabInputCustom;
    assert.equal(viewType, 'causeway.recording');
    assert.equal(uri.fsPath, recording.fsPath);
  },
};
