import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { collisions, type Keybinding, parseKeybindings } from '../keybindings.ts';
import { selectors } from '../selectors.ts';
import { project, python } from '../vscode.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;

before(async () => {
  workbench = await Workbench.open('examples/bank', {
    settings: { 'causeway.python': '${workspaceFolder}/bare/bin/python' },
    prepare: async (workspace) => {
      execFileSync(python, ['-m', 'venv', '--without-pip', 'bare'], { cwd: workspace });
      const refused = { type: 'causeway', request: 'attach', name: 'no such recording', python, recording: '${workspaceFolder}/no-such.causeway' };
      mkdirSync(join(workspace, '.vscode'), { recursive: true });
      writeFileSync(join(workspace, '.vscode', 'launch.json'), JSON.stringify({ version: '0.2.0', configurations: [refused] }));
    },
  });
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
  await workbench.gone(workbench.page.locator(selectors.dialog));
  await workbench.showDebugView();
  assert.equal(await workbench.page.locator(selectors.dialog).count(), 0, 'one question is enough');
});

test('a launch that is refused says why, in one sentence with the next step', async () => {
  await workbench.showDebugView();
  await workbench.see(workbench.page.locator(selectors.configuration, { hasText: 'no such recording' }));
  await workbench.command('Debug: Start Debugging');
  const message = await workbench.see(workbench.page.locator(selectors.dialog, { hasText: 'no-such.causeway' }));
  assert.doesNotMatch(await message.innerText(), /Traceback|undefined|\{/);
  await workbench.picture('launch-refused');
  await workbench.press('Escape');
  await workbench.gone(workbench.page.locator(selectors.dialog));
});

test('no key of the extension takes one of the defaults of VS Code', async () => {
  const { page } = workbench;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.command('Preferences: Open Default Keyboard Shortcuts (JSON)');
  await workbench.see(page.locator(selectors.activeTabTitle, { hasText: /keybindings/i }));
  await (await workbench.see(page.locator(selectors.viewLines))).click();
  await workbench.press('Control+A', 'Control+C');
  const text = await page.evaluate('navigator.clipboard.readText()') as string;
  const defaults = parseKeybindings(text);
  const manifest = JSON.parse(readFileSync(join(project, 'vscode-extension', 'package.json'), 'utf8')) as { contributes: { keybindings: Keybinding[] } };
  const ours = manifest.contributes.keybindings;
  assert.ok(defaults.length > 500 && ours.every(({ command, key }) => defaults.some((one) => one.command === command && one.key === key)), 'the list is whole');
  assert.deepEqual(collisions(ours, defaults), []);
});
