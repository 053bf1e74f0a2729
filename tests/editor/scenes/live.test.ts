import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { selectors } from '../selectors.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;

before(async () => {
  workbench = await Workbench.open('examples/bank');
});
after(() => workbench?.close());

test('a program is debugged as always, up to a breakpoint', async () => {
  await workbench.openFile('gateway.py', 56);
  await workbench.toggleBreakpoint();
  await workbench.command('Causeway: Debug with Causeway');
  await workbench.stoppedAt('gateway.py', 56);
  await workbench.showDebugView();
  assert.match(await workbench.variable('host'), /127\.0\.0\.1/);
  await workbench.picture('live');
});

test('step back leads into the past of the same session, and forwards again to now', async () => {
  await workbench.debugAction('Step Back');
  await workbench.stoppedAt('gateway.py', 55);
  await workbench.see(workbench.page.locator(selectors.statusItem('causeway.causeway.causeway'), { hasText: 'in the past' }));
  await workbench.picture('live-past');
  await workbench.debugAction('Step Back');
  await workbench.stoppedAt('gateway.py', 54);
  await workbench.debugAction('Step Over');
  await workbench.stoppedAt('gateway.py', 55);
  await workbench.debugAction('Continue');
  await workbench.stoppedAt('gateway.py', 56);
  await workbench.see(workbench.page.locator(selectors.statusItem('causeway.causeway.causeway'), { hasText: 'recording' }));
});

test('the program goes on to its end', async () => {
  await workbench.debugAction('Continue');
  await workbench.page.locator(selectors.topFrameLine).first().waitFor({ state: 'detached' });
});
