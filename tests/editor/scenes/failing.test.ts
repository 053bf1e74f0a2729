import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { selectors } from '../selectors.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;

before(async () => {
  workbench = await Workbench.open('tests/editor/workspaces/flaky');
});
after(() => workbench?.close());

test('a failing test stops at its end, and is walked back to the lost update', async () => {
  await workbench.showDebugView();
  await workbench.see(workbench.page.locator(selectors.configuration, { hasText: 'Tests with a past' }));
  await workbench.command('Debug: Start Debugging');
  const ended = workbench.page.locator(selectors.callStackRows, { hasText: /has ended with exit code 1/i });
  await workbench.see(ended);
  await workbench.picture('failed-test');
  await workbench.openFile('counter.py', 13);
  await workbench.command('Causeway: Previous Execution of This Line');
  await workbench.stoppedAt('counter.py', 13);
  assert.match(await workbench.variable('seen'), /0/);
  await workbench.debugAction('Step Back');
  await workbench.stoppedAt('counter.py', 12);
  await workbench.debugAction('Step Back');
  await workbench.stoppedAt('counter.py', 11);
  await workbench.picture('failed-test-cause');
});
