import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { selectors } from '../selectors.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;

before(async () => {
  workbench = await Workbench.open('tests/editor/workspaces/flaky');
});
after(() => workbench?.close());

const rows = (text: RegExp): ReturnType<Workbench['page']['locator']> => workbench.page.locator(selectors.callStackRows, { hasText: text });

test('a failing test stops at its end, and is walked back to the lost update', async () => {
  await workbench.showDebugView();
  await workbench.see(workbench.page.locator(selectors.configuration, { hasText: 'Tests with a past' }));
  await workbench.command('Debug: Start Debugging');
  await workbench.see(rows(/has ended with exit code 1/i));
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

test('the light bulb finds a fix, proves it and puts it into the editor; after another run the warning is gone', async () => {
  await workbench.press('Shift+F5');
  await workbench.gone(workbench.page.locator(selectors.topFrameLine));
  await workbench.openFile('counter.py', 11);
  await workbench.see(workbench.page.locator(selectors.warnings));
  await workbench.press('End', 'ArrowLeft');
  await (await workbench.quickFix(/find a fix and prove it/i)).click();
  await workbench.see(workbench.page.locator(selectors.notification, { hasText: /proved/i }));
  await workbench.picture('fix-proved');
  await workbench.command('Notifications: Clear All Notifications');
  await workbench.openFile('counter.py', 11);
  await workbench.press('Control+S');
  await workbench.gone(workbench.page.locator(selectors.unsaved));
  await workbench.command('Debug: Start Debugging');
  await workbench.see(workbench.page.locator(selectors.topFrameLine).or(workbench.page.locator(selectors.debugConsole, { hasText: '1 passed' })));
  await workbench.gone(workbench.page.locator(selectors.warnings));
  await workbench.picture('fixed');
});
