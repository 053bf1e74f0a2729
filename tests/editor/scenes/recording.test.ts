import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { selectors } from '../selectors.ts';
import { python } from '../vscode.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;

before(async () => {
  workbench = await Workbench.open('examples/bank');
  execFileSync(python, ['-m', 'causeway_core', 'record', '-o', 'bank.causeway', 'gateway.py'], { cwd: workbench.code.workspace, stdio: 'ignore' });
  execFileSync(python, ['-m', 'causeway_core', 'record', 'gateway.py'], { cwd: workbench.code.workspace, stdio: 'ignore' });
});
after(() => workbench?.close());

test('a finding is listed with its timeline, and clicking an event travels there', async () => {
  await workbench.command('Causeway: Focus on Findings View');
  await (await workbench.see(workbench.row('lost update of Account.balance'))).click();
  await workbench.see(workbench.row('read Account.balance = 1000'));
  await (await workbench.see(workbench.row('wrote Account.balance = 950'))).click();
  await workbench.see(workbench.page.locator(selectors.topFrameLine));
  await workbench.picture('findings');
  await workbench.showDebugView();
  await workbench.stoppedAt('ledger.py', 32);
  assert.match(await workbench.variable('balance'), /1000/);
  await workbench.picture('travel');
});

test('step back goes over the await to the stale read, and on to the cause', async () => {
  await workbench.debugAction('Step Back');
  await workbench.stoppedAt('ledger.py', 30);
  await workbench.debugAction('Step Back');
  await workbench.stoppedAt('ledger.py', 28);
  await workbench.debugAction('Step Back');
  await workbench.stoppedAt('ledger.py', 27);
  await workbench.picture('step-back');
});

test('the causal picker lists causes and effects, and goes to the one that is picked', async () => {
  await workbench.press('Shift+Alt+F11');
  const offered = await workbench.offered();
  assert.ok(offered.some((label) => label.includes('Account.balance')), offered.join('\n'));
  await workbench.picture('causal-picker');
  await workbench.press('Escape');
});

test('the causality view shows the other task and the calling service, and clicking a line moves the session', async () => {
  await workbench.command('Causality: Focus on Causality View');
  const view = await workbench.webview('.node.here');
  await workbench.picture('causality');
  const lanes = await view.locator('#lanes span').allInnerTexts();
  assert.ok(lanes.some((lane) => lane.includes('ledger / task')) && lanes.some((lane) => lane.includes('gateway')), lanes.join('\n'));
  await view.locator('.node', { hasText: 'gateway.py' }).first().click();
  await workbench.see(workbench.page.locator(selectors.activeTab('gateway.py')));
});

test('a recording opens from the explorer', async () => {
  await workbench.press('Shift+F5');
  await workbench.press('Control+Shift+E');
  await (await workbench.see(workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'bank.causeway' }))).dblclick();
  const view = await workbench.webview('.travel a');
  assert.match(await view.locator('body').innerText(), /lost one? ?update|one update is lost/);
  await workbench.picture('recording');
  await view.locator('li a').first().click();
  await workbench.showDebugView();
  await workbench.stoppedAt('ledger.py', 32);
});
