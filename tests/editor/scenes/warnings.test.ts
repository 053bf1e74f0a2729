import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { record, recordLostUpdate, unhurried } from '../bank.ts';
import { selectors } from '../selectors.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;

before(async () => {
  workbench = await Workbench.open('examples/bank', {
    prepare: (workspace) => {
      unhurried(workspace);
      return recordLostUpdate(workspace);
    },
  });
});
after(() => workbench?.close());

test('the racing line carries a warning, which names both sides', async () => {
  await workbench.openFile('ledger.py', 27);
  await workbench.see(workbench.page.locator(selectors.warnings));
  await workbench.press('F8');
  const peek = await workbench.see(workbench.page.locator(selectors.markerPeek));
  const text = await peek.innerText();
  assert.match(text, /one update is lost/);
  assert.match(text, /ledger\.py/);
  await workbench.picture('warning');
  await workbench.press('Escape');
});

test('a hover over the racing expression says what it was, and who wrote it', async () => {
  await workbench.openFile('ledger.py', 27);
  await workbench.press('End', 'ArrowLeft');
  await workbench.command('Show or Focus Hover');
  const hover = await workbench.see(workbench.page.locator(selectors.hover, { hasText: 'balance' }));
  assert.match(await hover.innerText(), /1000|one update is lost/);
  await workbench.picture('hover');
  await workbench.press('Escape');
});

test('the lens above the function travels to the lost update', async () => {
  await (await workbench.see(workbench.page.locator(selectors.codeLens, { hasText: 'travel to the lost update' }))).click();
  await workbench.stoppedAt('ledger.py', 32);
  await workbench.picture('lens');
  await workbench.press('Shift+F5');
  await workbench.gone(workbench.page.locator(selectors.topFrameLine));
  await workbench.see(workbench.page.locator(selectors.statusItem('causeway.causeway.causeway'), { hasText: '1 finding' }));
});

test('the quick fixes offer to travel, and one of them silences the line', async () => {
  await workbench.openFile('ledger.py', 27);
  await workbench.press('End', 'ArrowLeft');
  await workbench.quickFix(/travel/i);
  await workbench.picture('quick-fixes');
  await (await workbench.quickFix(/ignore .* here/i)).click();
  await workbench.see(workbench.page.locator(selectors.viewLines, { hasText: 'causeway: ignore' }));
  await workbench.gone(workbench.page.locator(selectors.warnings));
  await workbench.press('Control+Z');
  await workbench.see(workbench.page.locator(selectors.warnings));
});

test('the warning is gone once the race is mended and the program recorded again', async () => {
  const file = join(workbench.workspace, 'ledger.py');
  const mended = readFileSync(file, 'utf8')
    .replace('class Account:', 'LOCK = asyncio.Lock()\n\n\nclass Account:')
    .replace(/    balance = account\.balance\n[\s\S]*?account\.balance = balance - amount\n/, (window) => `    async with LOCK:\n${window.replace(/^/gm, '    ').replace(/ +$/, '')}`);
  assert.match(mended, /async with LOCK:\n {8}balance = account\.balance/);
  writeFileSync(file, mended);
  await record(workbench.workspace);
  await workbench.gone(workbench.page.locator(selectors.warnings));
});

test('two recordings are compared: what was found before is not found any more', async () => {
  await workbench.command('Causeway: Focus on Recordings View');
  await workbench.pickFromMenu(await workbench.see(workbench.row('bank')), 'Compare Findings with…');
  await workbench.see(workbench.page.locator(selectors.activeTabTitle, { hasText: /^Findings: bank ↔ / }));
  await workbench.see(workbench.page.locator(selectors.diffBefore, { hasText: 'lost update of Account.balance' }));
  await workbench.picture('compare');
});

test('a recording is deleted, also by keys, once the person has said so', async () => {
  const file = join(workbench.workspace, '.causeway', 'bank.causeway');
  await workbench.contextMenu(await workbench.see(workbench.row('bank')), 'Delete Recording…');
  await workbench.see(workbench.page.locator(selectors.dialog, { hasText: 'Delete the recording bank?' }));
  await workbench.press('Escape');
  await workbench.gone(workbench.page.locator(selectors.dialog));
  assert.ok(existsSync(file), 'who says no keeps it');
  await workbench.command('Causeway: Focus on Recordings View');
  // The newest recording is above it.
  await workbench.press('Home', 'ArrowDown', 'Shift+F10');
  await workbench.see(workbench.page.locator(selectors.menuItems, { hasText: 'Delete Recording…' }));
  await workbench.press('ArrowUp', 'Enter');
  await workbench.see(workbench.page.locator(selectors.dialog, { hasText: 'Delete the recording bank?' }));
  await workbench.press('Enter');
  await workbench.gone(workbench.row('bank'));
  assert.ok(!existsSync(file));
});
