import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { selectors } from './selectors.ts';
import { project, VsCode } from './vscode.ts';

const BROWSER = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PATIENCE = Number(process.env['CAUSEWAY_PATIENCE'] ?? 60_000);

/** A person at the workbench: opens files, sets breakpoints, presses keys, and looks. Waits are for what is seen, never for time. */
export class Workbench {
  readonly code: VsCode;
  readonly page: Page;
  private readonly browser: Browser;

  private constructor(code: VsCode, page: Page, browser: Browser) {
    this.code = code;
    this.page = page;
    this.browser = browser;
  }

  static async open(source: string, settings: Record<string, unknown> = {}): Promise<Workbench> {
    const code = await VsCode.start(source, settings);
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: BROWSER });
    const page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
    page.setDefaultTimeout(PATIENCE);
    const workbench = new Workbench(code, page, browser);
    await page.goto(code.url);
    await page.waitForSelector(selectors.workbench);
    await workbench.see(page.locator(selectors.explorerRows));
    return workbench;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.code.stop();
  }

  /** Waits until something is visible. */
  async see(what: Locator): Promise<Locator> {
    try {
      await what.first().waitFor({ state: 'visible' });
    } catch (error) {
      await this.picture('failed');
      throw error;
    }
    return what.first();
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Runs a command of the palette by its title. */
  async command(title: string): Promise<void> {
    await this.press('F1');
    await this.see(this.page.locator(selectors.quickInput));
    await this.page.keyboard.type(title);
    await (await this.see(this.page.locator(selectors.quickRows, { hasText: title }))).click();
  }

  /** Opens a file of the workspace by its path, with the cursor on a line. */
  async openFile(name: string, line = 1): Promise<void> {
    await this.press('Control+O');
    const input = await this.see(this.page.locator(selectors.quickInput));
    await input.fill(join(this.code.workspace, name));
    await this.see(this.page.locator(selectors.quickRows, { hasText: name }));
    await this.press('Enter');
    await this.see(this.page.locator(selectors.activeTab(name)));
    await this.press('Control+G');
    await this.see(this.page.locator(selectors.quickInput));
    await this.page.keyboard.type(String(line));
    await this.see(this.page.locator(selectors.quickRows, { hasText: `line ${line}` }));
    await this.press('Enter');
    await this.see(this.page.locator(selectors.cursorAt(line)));
  }

  /** Toggles a breakpoint on the cursor's line. */
  async toggleBreakpoint(): Promise<void> {
    await this.press('F9');
    await this.see(this.page.locator(selectors.breakpoint));
  }

  /** Waits for a stop at a line of a file: the editor shows the file, marks a line, and the cursor is on it. */
  async stoppedAt(file: string, line: number): Promise<void> {
    await this.see(this.page.locator(selectors.activeTab(file)));
    await this.see(this.page.locator(selectors.cursorAt(line)));
    await this.see(this.page.locator(selectors.topFrameLine));
  }

  /** Opens the Run and Debug view. */
  async showDebugView(): Promise<void> {
    await this.press('Control+Shift+D');
    await this.see(this.page.locator(selectors.debugView));
  }

  /** The rows that a quick pick offers, once it is open. */
  async offered(): Promise<string[]> {
    await this.see(this.page.locator(selectors.quickRows));
    return this.page.locator(selectors.quickRows).allInnerTexts();
  }

  /** The inner frame of the webview whose page has an element. */
  async webview(having: string): Promise<FrameLocator> {
    const frame = this.page.locator('iframe.webview.ready').first().contentFrame().locator('iframe#active-frame').contentFrame();
    await frame.locator(having).first().waitFor({ state: 'visible' });
    return frame;
  }

  /** Clicks a button of the debug toolbar. */
  async debugAction(label: string): Promise<void> {
    await (await this.see(this.page.locator(selectors.debugAction(label)))).click();
  }

  /** The value that the Variables view shows for a name; its first scope is opened where VS Code did not do that. */
  async variable(name: string): Promise<string> {
    const scope = await this.see(this.page.locator(selectors.firstScope));
    if ((await scope.getAttribute('aria-expanded')) === 'false') await scope.click();
    const row = this.page.locator(selectors.variableRows).filter({ has: this.page.locator(selectors.variableName, { hasText: new RegExp(`^${name}\\s*[:=]?\\s*$`) }) });
    return (await (await this.see(row)).locator(selectors.variableValue).innerText()).trim();
  }

  /** The row of a tree view whose label is this text. */
  row(label: string): Locator {
    const exact = new RegExp(`^\\s*${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
    return this.page.locator(selectors.treeRows).filter({ has: this.page.locator(selectors.treeLabel, { hasText: exact }) });
  }

  /** Keeps a picture of what is seen now in docs/images, when CAUSEWAY_SCREENSHOTS asks for it; the tests assert on the DOM. */
  async picture(name: string): Promise<void> {
    const folder = process.env['CAUSEWAY_SCREENSHOTS'];
    if (folder === undefined) return;
    mkdirSync(join(project, folder), { recursive: true });
    await this.page.screenshot({ path: join(project, folder, `${name}.png`) });
  }
}
