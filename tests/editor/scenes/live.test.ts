import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { unhurried } from '../bank.ts';
import { selectors } from '../selectors.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;
const status = (): ReturnType<Workbench['page']['locator']> => workbench.page.locator(selectors.statusItem('causeway.causeway.causeway'));

before(async () => {
  workbench = await Workbench.open('examples/bank', { prepare: async (workspace) => unhurried(workspace) });
});
after(() => workbench?.close());

/** One step, until the status bar says another distance from now. */
async function stepBack(): Promise<void> {
  const was = await status().innerText();
  await workbench.debugAction('Step Back');
  await workbench.see(status().filter({ hasText: 'in the past' }).filter({ hasNotText: was.trim() }));
}

test('F5 without a configuration debugs the file, as always, up to a breakpoint', async () => {
  await workbench.openFile('gateway.py', 18);
  await workbench.toggleBreakpoint();
  await workbench.press('F5');
  await workbench.stoppedAt('gateway.py', 18);
  await workbench.showDebugView();
  assert.match(await workbench.variable('operation'), /withdraw/);
  await workbench.picture('live');
});

test('step to cause leads into the service whose answer it was, and back to now', async () => {
  await workbench.debugAction('Step to Cause');
  await workbench.stoppedAt('ledger.py', 33);
  await workbench.actor(/ledger \/ task/);
  await workbench.see(status().filter({ hasText: 'in the past' }));
  assert.match(await workbench.variable('amount'), /100|50/);
  await workbench.picture('live-service');
  await workbench.command('Causeway: Back to Now');
  await workbench.stoppedAt('gateway.py', 18);
  await workbench.see(status().filter({ hasText: 'recording' }));
});

test('step back leads over the await into the task that asked, in the same session', async () => {
  await stepBack();
  await workbench.stoppedAt('gateway.py', 17);
  await workbench.picture('live-past');
  for (const line of [22, 21, 31]) {
    await stepBack();
    await workbench.stoppedAt('gateway.py', line);
  }
  await workbench.picture('live-other-task');
});

test('back to now, then over the next lines as always, and the program goes on to its end', async () => {
  await workbench.command('Causeway: Back to Now');
  await workbench.stoppedAt('gateway.py', 18);
  await workbench.see(status().filter({ hasText: /recording · [\d,]+ events, [\d.]+ [KM]B · recorder [~<]\d+% CPU/ }));
  await workbench.press('F9');
  await workbench.gone(workbench.page.locator(selectors.breakpoint));
  for (const line of [17, 23]) {
    await workbench.debugAction('Step Over');
    await workbench.stoppedAt('gateway.py', line);
  }
  await workbench.picture('live-step-over');
  await workbench.debugAction('Continue');
  await workbench.gone(workbench.page.locator(selectors.topFrameLine));
});
