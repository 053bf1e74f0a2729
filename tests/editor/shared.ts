import { chromium, type Browser } from 'playwright-core';
import { VsCode } from './vscode.ts';

const BROWSER = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const STARTING = 120_000;

/** Where the one VS Code server and the one browser of a run are. Each scene has a window, a profile and a workspace of its own in them. */
export interface Shared {
  readonly code: string;
  readonly browser: string;
}

/** Starts both; `environment` is what the process of a scene needs to find them. */
export async function share(): Promise<{ readonly environment: Record<string, string>; stop(): Promise<void> }> {
  const [code, browser] = await Promise.all([
    VsCode.start(),
    chromium.launchServer({ executablePath: '/usr/bin/chromium', headless: true, args: BROWSER, timeout: STARTING }),
  ]);
  const stop = async (): Promise<void> => {
    await browser.close();
    await code.stop();
  };
  return { environment: { CAUSEWAY_SHARED: JSON.stringify({ code: code.url, browser: browser.wsEndpoint() } satisfies Shared) }, stop };
}

/** In the process of a scene: the server's address, and the browser. */
export async function shared(): Promise<{ readonly code: string; readonly browser: Browser }> {
  const found = process.env['CAUSEWAY_SHARED'];
  if (found === undefined) throw new Error('scenes are run by tests/editor/run.ts (make test-editor SCENES=…), which starts VS Code');
  const { code, browser } = JSON.parse(found) as Shared;
  return { code, browser: await chromium.connect(browser) };
}
