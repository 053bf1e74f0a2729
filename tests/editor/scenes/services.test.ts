import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { selectors } from '../selectors.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;
const status = (): ReturnType<Workbench['page']['locator']> => workbench.page.locator(selectors.statusItem('causeway.causeway.causeway'));

before(async () => {
  workbench = await Workbench.open('tests/editor/workspaces/services');
});
after(() => workbench?.close());

/** Step Back, to each of these lines of a file. */
async function stepBackTo(file: string, ...lines: number[]): Promise<void> {
  for (const line of lines) {
    await workbench.debugAction('Step Back');
    await workbench.stoppedAt(file, line);
  }
}

test('launches that share a recording: a service that is held steps back into the one that asked it, which has a session of its own', async () => {
  await workbench.openFile('prices.py', 11);
  await workbench.toggleBreakpoint();
  await workbench.openFile('shop.py');
  await workbench.command('Debug: Select and Start Debugging');
  await (await workbench.see(workbench.page.locator(selectors.quickRows, { hasText: 'market' }))).click();
  await workbench.stoppedAt('prices.py', 11);
  await workbench.showDebugView();
  assert.match(await workbench.variable('name'), /cake/);
  await stepBackTo('prices.py', 10, 9);
  await workbench.see(status().filter({ hasText: 'in the past' }));
  await stepBackTo('shop.py', 7);
  await workbench.actor(/shop \/ thread/);
  assert.match(await workbench.variable('name'), /cake/);
  await workbench.picture('together');
  await workbench.command('Causeway: Back to Now');
  await workbench.stoppedAt('prices.py', 11);
  await workbench.debugAction('Continue');
  await workbench.gone(workbench.page.locator(selectors.topFrameLine));
});

test('the play button of the editor debugs its file; a child process has a session of its own, which steps back through its past to the line that started it', async () => {
  await workbench.openFile('bill.py', 6);
  await workbench.toggleBreakpoint();
  await workbench.openFile('orders.py');
  await (await workbench.see(workbench.page.locator(selectors.editorAction('Debug with Causeway')))).click();
  await workbench.stoppedAt('bill.py', 6);
  assert.match(await workbench.variable('price'), /14/);
  await stepBackTo('bill.py', 5, 4, 3, 1);
  await workbench.see(status().filter({ hasText: 'in the past' }));
  await stepBackTo('orders.py', 5);
  await workbench.actor(/orders \/ thread/);
  await workbench.picture('child-past');
  await workbench.command('Causeway: Back to Now');
  await workbench.stoppedAt('bill.py', 6);
  await workbench.debugAction('Continue');
  await workbench.gone(workbench.page.locator(selectors.topFrameLine));
});
