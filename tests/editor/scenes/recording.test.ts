import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import { recordLostUpdate, unhurried } from '../bank.ts';
import { selectors } from '../selectors.ts';
import { Workbench } from '../workbench.ts';

/** The part of a browser's window that is looked at. */
interface Styled {
  getComputedStyle(of: unknown): { color: string };
}

/** The part of a page that is tried. */
interface Inside {
  readonly ownerDocument: { readonly title: string; readonly head: { append(what: unknown): void }; createElement(name: string): { textContent: string } };
}

const LIGHT = 'Light Modern', DARK = 'Dark Modern';

let workbench: Workbench;

before(async () => {
  workbench = await Workbench.open('examples/bank', {
    settings: { 'workbench.colorTheme': LIGHT },
    prepare: async (workspace) => {
      unhurried(workspace);
      copyFileSync(await recordLostUpdate(workspace), join(workspace, 'bank.causeway'));
    },
  });
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
  assert.equal(await workbench.variable('balance'), '1000');
  await workbench.picture('travel');
});

test('what the buttons of a row do is in its menu too, for who has no mouse', async () => {
  await workbench.command('Causeway: Focus on Findings View');
  await workbench.press('Home', 'ArrowDown', 'Shift+F10');
  await workbench.see(workbench.page.locator(selectors.menuItems, { hasText: 'Travel to Finding' }));
  await workbench.press('Escape');
  await workbench.showDebugView();
});

/** A task of the ledger; asyncio numbers them in the order in which they are made, which is another one in each recording. */
const LEDGER_TASK = /ledger \/ task Task-\d+/;

test('step back goes over the await to the stale read, and from the first line into the calling service', async () => {
  const writer = await workbench.actor(LEDGER_TASK);
  for (const line of [30, 28, 27, 26, 25]) {
    await workbench.debugAction('Step Back');
    await workbench.stoppedAt('ledger.py', line);
    assert.equal(await workbench.actor(LEDGER_TASK), writer);
  }
  await workbench.debugAction('Step Back');
  await workbench.stoppedAt('gateway.py', 17);
  await workbench.actor(/gateway \/ task/);
  await workbench.picture('calling-service');
});

test('jump to cursor offers each execution of the line, and goes to the one that is picked', async () => {
  await workbench.openFile('ledger.py', 32);
  await workbench.command('Debug: Jump to Cursor');
  const executions = (await workbench.offered()).filter((label) => label.includes('balance='));
  assert.equal(executions.length, 2, executions.join('\n'));
  await workbench.picture('jump-to-cursor');
  await (await workbench.see(workbench.page.locator(selectors.quickRows, { hasText: 'balance=950' }))).click();
  await workbench.stoppedAt('ledger.py', 32);
});

test('break on value change, then Reverse: the last writer of the balance is the other task', async () => {
  assert.equal(await workbench.variable('amount'), '50');
  const writer = await workbench.actor(LEDGER_TASK);
  await workbench.contextMenu(await workbench.attributeRow('account', 'balance'), 'Break on Value Change');
  // The row is there before the adapter knows of it: Reverse would run past the write.
  const row = workbench.page.locator(selectors.breakpointRows, { hasText: 'Account.balance' });
  await workbench.see(row.locator(selectors.acceptedDataBreakpoint));
  await workbench.debugAction('Reverse');
  await workbench.actor(new RegExp(`ledger / task (?!${writer.replace(/^.* /, '')}\\b)`));
  await workbench.stoppedAt('ledger.py', 32);
  await workbench.see(workbench.page.locator(selectors.callStackRows, { hasText: /Account\.balance is set to 900/i }));
  await workbench.picture('last-writer');
});

test('the causal picker of VS Code lists causes and effects, and ours goes to the one that is picked', async () => {
  await workbench.press('Control+F11');
  const offered = await workbench.offered();
  assert.ok(offered.some((label) => /^cause: Account\.balance was last written by/.test(label)), offered.join('\n'));
  assert.ok(offered.some((label) => label.startsWith('effect: ')), offered.join('\n'));
  await workbench.picture('causal-picker');
  await workbench.press('Escape');
  await workbench.gone(workbench.page.locator(selectors.openQuickRows));
  await workbench.press('Shift+Alt+F11');
  await (await workbench.see(workbench.page.locator(selectors.quickRows, { hasText: 'Account.balance was last written by process main/' }))).click();
  await workbench.stoppedAt('ledger.py', 12);
  await workbench.actor(/ledger \/ process main\//);
});

/** The view takes the focus back after a stop; on a slow machine the editor may take it once more after that. What had it in the view has it again. */
async function atWorkIn(view: FrameLocator): Promise<void> {
  await workbench.command('Causality: Focus on Causality View');
  await view.locator('.node.here:focus').waitFor();
}

test('the causality view is walked by keys and by mouse, and its scrubber spans the recording', async () => {
  await workbench.press('Control+Shift+E');
  await workbench.command('Causeway: Travel to Finding…');
  await (await workbench.see(workbench.page.locator(selectors.quickRows, { hasText: 'Account.balance' }))).click();
  await workbench.stoppedAt('ledger.py', 32);
  await workbench.command('Causality: Focus on Causality View');
  const view = await workbench.webview('.node.here');
  await workbench.picture('causality');
  const lanes = await view.locator('#lanes span').allInnerTexts();
  assert.ok(lanes.some((lane) => lane.includes('ledger / task')) && lanes.some((lane) => lane.includes('gateway')), lanes.join('\n'));
  await workbench.typeInto(view);
  for (const reached of ['#scrubber', '.landmark.finding', '.node.here']) {
    await workbench.press('Tab');
    await view.locator(`${reached}:focus`).waitFor();
  }
  await workbench.press('ArrowLeft');
  assert.match((await view.locator('.node:focus').getAttribute('aria-label')) ?? '', /^account\.balance = balance - amount/, 'left leads to the cause');
  await workbench.press('ArrowRight');
  await view.locator('.node.here:focus').waitFor();
  await workbench.press('ArrowUp', 'Enter');
  await workbench.stoppedAt('ledger.py', 21);
  await atWorkIn(view);
  await view.locator('.node', { hasText: 'gateway.py' }).first().click();
  await workbench.see(workbench.page.locator(selectors.activeTab('gateway.py')));
  await atWorkIn(view);
  await workbench.press('Shift+Tab', 'Shift+Tab', 'Home');
  await view.locator('#scrubber[aria-valuetext="+0.0 ms"]').waitFor();
  await view.locator('#scrubber:focus').waitFor();
  await workbench.pressOn(view.locator('#scrubber:focus'), 'Tab', view.locator('.landmark.finding:focus'));
  await workbench.pressOn(view.locator('.landmark.finding:focus'), 'Enter', workbench.page.locator(selectors.cursorAt(32)));
  await workbench.stoppedAt('ledger.py', 32);
});

test('the causality view follows a dark theme', async () => {
  const view = await workbench.webview('.node.here');
  const colour = (): Promise<string> => view.locator('body').evaluate((body) => (globalThis as unknown as Styled).getComputedStyle(body).color);
  const light = await colour();
  workbench.set({ 'workbench.colorTheme': DARK });
  await view.locator('body.vscode-dark').waitFor();
  assert.notEqual(await colour(), light);
  await workbench.picture('dark');
  workbench.set({ 'workbench.colorTheme': LIGHT });
  await view.locator('body.vscode-light').waitFor();
});

test('the page of the causality view runs no script but its own, and reaches no network', async () => {
  const view = await workbench.webview('.node.here');
  await assert.rejects(view.locator('body').evaluate((_, address) => fetch(address), `${workbench.page.url()}version`), /Failed to fetch/);
  const ran = await view.locator('body').evaluate((body) => {
    const page = (body as unknown as Inside).ownerDocument;
    const script = page.createElement('script');
    script.textContent = 'document.title = "changed"';
    page.head.append(script);
    return page.title;
  });
  assert.equal(ran, 'Causality');
});

test('a recording opens from the explorer, and a finding in it is a click away', async () => {
  await workbench.press('Shift+F5');
  await workbench.gone(workbench.page.locator(selectors.topFrameLine));
  await workbench.press('Control+Shift+E');
  await (await workbench.see(workbench.page.locator(selectors.explorerRows, { hasText: 'bank.causeway' }))).dblclick();
  const view = await workbench.webview('.travel a');
  assert.match(await view.locator('body').innerText(), /one update is lost/);
  await workbench.picture('recording');
  await view.locator('li a').first().click();
  await workbench.stoppedAt('ledger.py', 32);
});
