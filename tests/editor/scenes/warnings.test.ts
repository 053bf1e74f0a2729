import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { selectors } from '../selectors.ts';
import { python } from '../vscode.ts';
import { Workbench } from '../workbench.ts';

let workbench: Workbench;
const record = (): void => void execFileSync(python, ['-m', 'causeway_core', 'record', 'gateway.py'], { cwd: workbench.code.workspace, stdio: 'ignore' });

before(async () => {
  workbench = await Workbench.open('examples/bank');
  record();
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

test('the lens above the function travels to the lost update', async () => {
  await (await workbench.see(workbench.page.locator(selectors.codeLens, { hasText: 'travel to the lost update' }))).click();
  await workbench.stoppedAt('ledger.py', 32);
  await workbench.picture('lens');
  await workbench.press('Shift+F5');
  await workbench.page.locator(selectors.topFrameLine).first().waitFor({ state: 'detached' });
});

test('the quick fixes travel there and silence the line with a reason', async () => {
  await workbench.openFile('ledger.py', 27);
  await workbench.press('Control+.');
  await workbench.see(workbench.page.locator(selectors.codeActions, { hasText: /travel/i }));
  const offered = await workbench.page.locator(selectors.codeActions).allInnerTexts();
  assert.ok(offered.some((title) => /ignore/i.test(title)), offered.join('\n'));
  await workbench.picture('quick-fixes');
  await workbench.press('Escape');
});

test('the warning is gone once the race is mended and the program recorded again', async () => {
  const file = join(workbench.code.workspace, 'ledger.py');
  const mended = readFileSync(file, 'utf8')
    .replace('class Account:', 'LOCK = asyncio.Lock()\n\n\nclass Account:')
    .replace(/    balance = account\.balance\n[\s\S]*?account\.balance = balance - amount\n/, (window) => `    async with LOCK:\n${window.replace(/^/gm, '    ').replace(/ +$/, '')}`);
  writeFileSync(file, mended);
  record();
  await workbench.page.locator(selectors.warnings).first().waitFor({ state: 'detached' });
});
