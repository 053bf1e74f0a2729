import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { selectors } from '../selectors.ts';
import { project, VsCode } from '../vscode.ts';
import { Workbench } from '../workbench.ts';

const MOST_PRESSES = 60;

let code: VsCode;
let workbench: Workbench;

before(async () => {
  code = await VsCode.start({ installed: false });
  // As it is where nobody has set anything: without a page to start with VS Code opens no walkthrough either.
  workbench = await Workbench.open('tests/editor/workspaces/services', { code: code.url, settings: { 'workbench.startupEditor': 'welcomePage' } });
});
after(async () => {
  await workbench?.close();
  await code?.stop();
});

/** Clicks the button of a step of the walkthrough. */
async function step(id: string, button: string): Promise<void> {
  await (await workbench.see(workbench.page.locator(selectors.walkthroughStep(id)))).click();
  await (await workbench.see(workbench.page.locator(selectors.walkthroughButton(id), { hasText: button }))).click();
}

/** Presses a key until something has the focus. */
async function pressUntilFocused(key: string, what: string): Promise<void> {
  for (let left = MOST_PRESSES; left > 0; left--) {
    if ((await workbench.page.locator(`${what}:focus, ${what} :focus`).count()) > 0) return;
    await workbench.press(key);
  }
  assert.fail(`${key} does not lead to ${what}`);
}

/** As `step`, by keys alone. */
async function stepByKeys(id: string): Promise<void> {
  await pressUntilFocused('Tab', selectors.walkthroughStep(id));
  await workbench.press('Enter');
  await pressUntilFocused('Tab', selectors.walkthroughButton(id));
  await workbench.press('Enter');
}

/** Picks the row of a list that has a text. */
async function pick(text: string): Promise<void> {
  await (await workbench.see(workbench.page.locator(selectors.quickRows, { hasText: text }))).click();
}

async function openWalkthrough(): Promise<void> {
  await workbench.command('Welcome: Open Walkthrough...');
  await pick('Find a race, walk back to its cause');
}

test('installing the .vsix opens the walkthrough', async () => {
  await workbench.command('Extensions: Install from VSIX...');
  await workbench.choosePath(join(project, 'vscode-extension', 'dist', 'causeway.vsix'));
  await workbench.see(workbench.page.locator(selectors.walkthrough, { hasText: 'Find a race, walk back to its cause' }));
  await workbench.picture('walkthrough');
});

test('its first step makes the demo project where the person says, and opens it', async () => {
  // VS Code may show its title before it knows the steps of what has just been installed, and keeps it so.
  await openWalkthrough();
  await step('demo', 'Create the Demo Project');
  await workbench.choosePath(workbench.workspace);
  await workbench.see(workbench.page.locator(selectors.explorerRows, { hasText: 'gateway.py' }));
});

test('the next ones record it and travel to what was found', async () => {
  await openWalkthrough();
  await step('record', 'Record and Analyze');
  await pick('gateway.py');
  await workbench.see(workbench.page.locator(selectors.statusItem('causeway.causeway.causeway'), { hasText: /[1-9]\d* findings?/ }));
  await openWalkthrough();
  await stepByKeys('travel');
  await pick('Account.balance');
  await workbench.see(workbench.page.locator(selectors.topFrameLine));
  await workbench.picture('walkthrough-travel');
  await workbench.press('Shift+F5');
  await workbench.gone(workbench.page.locator(selectors.topFrameLine));
});

test('the last one debugs', async () => {
  await workbench.command('View: Close All Editors');
  await openWalkthrough();
  await step('live', 'Debug with Causeway');
  await pick('gateway.py');
  await workbench.command('Causeway: Focus on Recordings View');
  await workbench.see(workbench.page.locator(selectors.treeRows, { hasText: 'gateway' }).nth(1));
});
