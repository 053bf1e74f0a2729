import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { selectors } from './selectors.ts';
import { shared } from './shared.ts';
import { project } from './vscode.ts';
import { type Settings, Workspace } from './workspace.ts';

const PATIENCE = Number(process.env['CAUSEWAY_PATIENCE'] ?? 120_000);
/** How long the rest of a file waits for each thing when one has not come: what follows builds on it. */
const AFTER_A_FAILURE = 3_000;
/** How long something that was done may take to be seen before it is done again; then twice as long. */
const AGAIN = 2_000;
const MOST_LOOKS = 20;

/** How a window is opened. */
interface Opening {
  /** Of the workspace. */
  readonly settings?: Settings;
  /** Is called with the path of the workspace, and works while VS Code starts. */
  readonly prepare?: (workspace: string) => Promise<unknown>;
  readonly host?: Host;
  /** The address of a server without the extension; else that which all scenes share. */
  readonly code?: string;
}

/** What is loaded into the extension host beside what is installed. */
export interface Host {
  /** The folder of an extension under development. */
  readonly extension: string;
  /** A module whose `run` VS Code calls (`extensionTestsPath`). */
  readonly tests: string;
  /** Is called with 0 or an exit code when `run` has ended: by VS Code's driver for its own smoke tests. */
  readonly ended: (code: number) => void;
}

function payload(code: string, { extension, tests }: Host): string {
  const remote = (path: string): string => `vscode-remote://${new URL(code).host}${path}`;
  return encodeURIComponent(JSON.stringify([['extensionDevelopmentPath', remote(extension)], ['extensionTestsPath', remote(tests)]]));
}

/** A person at the workbench: opens files, sets breakpoints, presses keys, and looks. Waits are for what is seen, never for time. */
export class Workbench {
  readonly workspace: string;
  readonly page: Page;
  private readonly copy: Workspace;
  private readonly browser: Browser;
  private patience = PATIENCE;

  private constructor(copy: Workspace, page: Page, browser: Browser) {
    this.copy = copy;
    this.workspace = copy.folder;
    this.page = page;
    this.browser = browser;
  }

  /** Opens a window on a copy of a folder of this project. */
  static async open(source: string, { settings = {}, prepare = async () => undefined, host, code: own }: Opening = {}): Promise<Workbench> {
    const copy = new Workspace(source);
    copy.set(settings);
    const prepared = prepare(copy.folder);
    prepared.catch(() => undefined);
    const { code: common, browser } = await shared();
    const code = own ?? common;
    const context = await browser.newContext({ viewport: { width: 1500, height: 950 } });
    context.setDefaultTimeout(PATIENCE);
    const workbench = new Workbench(copy, await context.newPage(), browser);
    if (host) await workbench.page.exposeFunction('codeAutomationExit', host.ended);
    await workbench.page.goto(`${code}?folder=${copy.folder}${host ? `&payload=${payload(code, host)}` : ''}`);
    await workbench.page.waitForSelector(selectors.workbench);
    await workbench.see(workbench.page.locator(selectors.explorerRows));
    if (own === undefined) await workbench.see(workbench.page.locator(selectors.activityBar('Causeway')));
    await prepared;
    return workbench;
  }

  async close(): Promise<void> {
    await this.page.context().close();
    await this.browser.close();
    this.copy.remove();
  }

  /** Changes settings of the workspace, as a person does who edits its settings.json. */
  set(settings: Settings): void {
    this.copy.set(settings);
  }

  /** Waits until something is no longer there. */
  async gone(what: Locator): Promise<void> {
    await what.first().waitFor({ state: 'detached' }).catch((error: unknown) => this.failed(error));
  }

  /** Waits until something is visible. */
  async see(what: Locator): Promise<Locator> {
    await what.first().waitFor({ state: 'visible' }).catch((error: unknown) => this.failed(error));
    return what.first();
  }

  /**
   * Does something until what it brings is seen: a list that was opened too early does not offer what an extension adds later, and a click may meet
   * a row that VS Code is drawing anew.
   */
  private async until(what: Locator, act: () => Promise<unknown>): Promise<Locator> {
    const end = Date.now() + this.patience;
    for (let patience = AGAIN; Date.now() < end; patience *= 2) {
      await act();
      if (await this.sees(what, patience)) return what.first();
    }
    return this.see(what);
  }

  private async sees(what: Locator, timeout: number): Promise<boolean> {
    return what.first().waitFor({ state: 'visible', timeout }).then(() => true, () => false);
  }

  private async failed(error: unknown): Promise<never> {
    if (this.patience === PATIENCE) {
      console.log(await this.seen());
      await this.picture(`failed-${process.env['CAUSEWAY_SCENE'] ?? 'scene'}`);
    }
    this.patience = AFTER_A_FAILURE;
    this.page.setDefaultTimeout(this.patience);
    throw error;
  }

  /** What the window shows, in words: a failure on another machine leaves no picture. */
  private async seen(): Promise<string> {
    const parts = ['activeTabTitle', 'topFrameLine', 'callStackRows', 'breakpointRows', 'openQuickRows', 'notification', 'dialogMessage'] as const;
    const texts = parts.map(async (name) => {
      const found = await this.page.locator(selectors[name]).allInnerTexts().catch(() => []);
      return `${name}: ${found.map((text) => text.replace(/\s+/g, ' ')).join(' | ')}`;
    });
    const focused = await this.page.evaluate('document.activeElement?.outerHTML.slice(0, 200)').catch(String);
    return [...(await Promise.all(texts)), `focused: ${String(focused)}`].join('\n');
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Answers the dialog that asks for a file or a folder of the machine. It overwrites what is typed before it has listed where it begins. */
  async choosePath(path: string): Promise<void> {
    const button = await this.see(this.page.locator(selectors.quickButton, { hasText: /^(OK|Install|Open)$/ }));
    const end = Date.now() + this.patience;
    for (let patience = AGAIN; Date.now() < end; patience *= 2) {
      await this.page.locator(selectors.quickInput).fill(path, { timeout: AGAIN }).catch(() => undefined);
      await button.click({ timeout: AGAIN }).catch(() => undefined);
      if (await button.waitFor({ state: 'hidden', timeout: patience }).then(() => true, () => false)) return;
    }
    await this.failed(new Error(`the dialog does not take ${path}`));
  }

  /** Runs a command of the palette by its title. */
  async command(title: string): Promise<void> {
    const input = this.page.locator(selectors.quickInput);
    const end = Date.now() + this.patience;
    // A stop that arrives just then takes the focus, and the box is closed: it is opened again.
    for (let patience = AGAIN; Date.now() < end; patience *= 2) {
      const row = await this.until(this.page.locator(selectors.quickRows, { hasText: title }), async () => {
        const box = await this.until(input, () => this.press('F1'));
        await box.fill(`>${title}`, { timeout: AGAIN }).catch(() => undefined);
      });
      if (await row.click({ timeout: patience }).then(() => true, () => false)) return;
    }
    await this.failed(new Error(`the palette does not take ${title}`));
  }

  /** Opens a file of the workspace's top folder, with the cursor on a line. */
  async openFile(name: string, line = 1): Promise<void> {
    await this.press('Control+O');
    await (await this.see(this.page.locator(selectors.quickRows, { hasText: name }))).click();
    await this.see(this.page.locator(selectors.activeTab(name)));
    await this.see(this.page.locator(selectors.focusedEditor));
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

  /**
   * Presses a key on the part of the causality view that has the focus, until that leads somewhere. A stop gives the focus to the editor for a moment, and a key
   * that is pressed just then goes there, as a person's would.
   */
  async pressOn(focused: Locator, key: string, leadsTo: Locator): Promise<void> {
    await this.until(leadsTo, async () => ((await focused.count()) > 0 ? this.press(key) : this.command('Causality: Focus on Causality View')));
  }

  /** Waits for a stop at a line of a file: the editor shows the file, marks a line, and the cursor is on it. */
  async stoppedAt(file: string, line: number): Promise<void> {
    await this.see(this.page.locator(selectors.activeTab(file)));
    await this.see(this.page.locator(selectors.cursorAt(line)));
    await this.see(this.page.locator(selectors.topFrameLine));
  }

  /** Opens the Run and Debug view. */
  async showDebugView(): Promise<void> {
    await this.command('View: Show Run and Debug');
    await this.see(this.page.locator(selectors.debugView));
  }

  /** The rows that a quick pick offers, once it is open. */
  async offered(): Promise<string[]> {
    await this.see(this.page.locator(selectors.quickRows));
    return this.page.locator(selectors.quickRows).allInnerTexts();
  }

  /** The inner frame of the webview whose page has an element, wherever VS Code has put that page among others. */
  async webview(having: string): Promise<FrameLocator> {
    const until = Date.now() + this.patience;
    while (Date.now() < until) {
      for (const outer of await this.page.locator(selectors.webview).all()) {
        const frame = outer.contentFrame().locator('iframe#active-frame').contentFrame();
        const shown = frame.locator(having).first();
        if (await this.sees(shown, 1000)) return frame;
      }
      await this.see(this.page.locator(selectors.webview));
    }
    return this.failed(new Error(`no webview shows ${having}`));
  }

  /** Waits until the keyboard speaks to a webview, whose view has just been asked for. */
  async typeInto(view: FrameLocator): Promise<void> {
    const end = Date.now() + this.patience;
    while (Date.now() < end) {
      if (await view.locator('body').evaluate((body) => (body as unknown as { ownerDocument: { hasFocus(): boolean } }).ownerDocument.hasFocus())) return;
    }
    await this.failed(new Error('the webview does not get the focus'));
  }

  /** Clicks a button of the debug toolbar, which VS Code draws anew at each stop: between press and release of a mouse it may be another element. */
  async debugAction(label: string): Promise<void> {
    await (await this.see(this.page.locator(selectors.debugAction(label)))).evaluate((button) => (button as unknown as { click(): void }).click());
  }

  /** The value that the Variables view shows for a name; its first scope is opened where VS Code did not do that. */
  async variable(name: string): Promise<string> {
    const scope = await this.see(this.page.locator(selectors.firstScope));
    if ((await scope.getAttribute('aria-expanded')) === 'false') await scope.click();
    return (await (await this.see(this.variableRow(name))).locator(selectors.variableValue).innerText()).trim();
  }

  /** The row of the Variables view for a name. */
  variableRow(name: string): Locator {
    return this.page.locator(selectors.variableRows).filter({ has: this.page.locator(selectors.variableName, { hasText: new RegExp(`^${name}\\s*[:=]?\\s*$`) }) });
  }

  /** The row for an attribute of a local variable, which is opened. */
  async attributeRow(variable: string, attribute: string): Promise<Locator> {
    const row = this.variableRow(variable).and(this.page.locator(selectors.localRows));
    return this.until(this.variableRow(attribute).and(this.page.locator(selectors.attributeRows)), async () => {
      if ((await (await this.see(row)).getAttribute('aria-expanded')) === 'false') await row.locator(selectors.variableTwistie).click();
    });
  }

  /** Picks an entry of the context menu of something, by the keyboard: a menu takes no clicks in the first moment after it has opened. */
  async contextMenu(of: Locator, entry: string): Promise<void> {
    const item = this.page.locator(selectors.menuItems, { hasText: entry });
    await (await this.until(item, async () => (await this.see(of)).click({ button: 'right' }))).hover();
    await this.press('Enter');
    await this.gone(item);
  }

  /**
   * Picks the first row of the list that an entry of a context menu opens. A menu gives the focus back when it has closed; where the list was there by
   * then, that closes it, as any list that loses the focus, and it is asked for again.
   */
  async pickFromMenu(of: Locator, entry: string): Promise<void> {
    await (await this.until(this.page.locator(selectors.quickRows), () => this.contextMenu(of, entry))).click();
  }

  /** A quick fix of the cursor's line, in the list of all: whatever takes the focus meanwhile closes that list, and one that came too early is short. */
  async quickFix(entry: RegExp): Promise<Locator> {
    return this.until(this.page.locator(selectors.codeActions, { hasText: entry }), () => this.press('Escape', 'Control+.'));
  }

  /** Waits for the actor that the call stack marks as the one that is stopped, and says what of it the pattern found. */
  async actor(name: RegExp): Promise<string> {
    const row = await this.see(this.page.locator(selectors.callStackRows, { hasText: name }).filter({ hasText: 'stopped here' }));
    return name.exec(await row.innerText())?.[0] ?? '';
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
    // Views that are still being filled say what was: a picture is of what no longer changes.
    const look = async (): Promise<string> => (await this.page.screenshot()).toString('base64');
    let [last, now] = ['', await look()];
    for (let left = MOST_LOOKS; left > 0 && last !== now; left--) [last, now] = [now, await look()];
    mkdirSync(join(project, folder), { recursive: true });
    writeFileSync(join(project, folder, `${name}.png`), now, 'base64');
  }
}
