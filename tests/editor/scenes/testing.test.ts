import { after, before, test } from 'node:test';
import { selectors } from '../selectors.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;

before(async () => {
  workbench = await Workbench.open('tests/editor/workspaces/flaky');
});
after(() => workbench?.close());

test('the test explorer lists the tests, and debugs one that fails up to its end, with its whole past', async () => {
  await workbench.openFile('counter.py');
  await (await workbench.see(workbench.page.locator(selectors.activityBar('Testing')))).click();
  await workbench.see(workbench.page.locator(selectors.testRows, { hasText: 'test_counter.py' }));
  await workbench.command('Test: Debug All Tests');
  await workbench.see(workbench.page.locator(selectors.topFrameLine));
  await workbench.showDebugView();
  await workbench.see(workbench.page.locator(selectors.callStackRows, { hasText: /has ended with exit code 1/i }));
  await workbench.picture('test-explorer');
  await workbench.debugAction('Step Back');
  await workbench.see(workbench.page.locator(selectors.callStackRows, { hasText: /in the past/i }));
});
