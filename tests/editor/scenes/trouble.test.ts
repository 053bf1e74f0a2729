import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { selectors } from '../selectors.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;

before(async () => {
  workbench = await Workbench.open('examples/bank', { 'causeway.python': '${workspaceFolder}/bare/bin/python' });
  execFileSync('python3', ['-m', 'venv', '--without-pip', 'bare'], { cwd: workbench.code.workspace });
  mkdirSync(join(workbench.code.workspace, '.vscode'));
  const broken = { type: 'causeway', request: 'attach', name: 'broken', recording: '${workspaceFolder}/no-such.causeway' };
  writeFileSync(join(workbench.code.workspace, '.vscode', 'launch.json'), JSON.stringify({ version: '0.2.0', configurations: [broken] }));
});
after(() => workbench?.close());

test('an interpreter without Causeway is named, and installing it is offered', async () => {
  await workbench.openFile('gateway.py');
  await workbench.command('Causeway: Debug with Causeway');
  const message = await workbench.see(workbench.page.locator(selectors.dialogMessage));
  assert.match(await message.innerText(), /Causeway is not installed in .*bare\/bin\/python/);
  await workbench.see(workbench.page.locator(selectors.dialogButtons, { hasText: 'Install Causeway' }));
  await workbench.picture('package-missing');
  await workbench.press('Escape');
});
