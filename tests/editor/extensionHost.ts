import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from './host/index.ts';
import { project, VsCode } from './vscode.ts';
import { Workbench } from './workbench.ts';

const here = dirname(fileURLToPath(import.meta.url));
const esbuild = join(project, 'vscode-extension', 'node_modules', '.bin', 'esbuild');

/**
 * Runs the tests of `host/` in the extension host of a window of its own, beside the extension that is tested and one that stands where the Python
 * extension stands. VS Code loads them itself (`extensionTestsPath`, as its own tests are), and says when they have ended.
 */
export async function inHost(source: string): Promise<{ readonly results: readonly Result[]; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-host-'));
  const tests = join(folder, 'index.js');
  execFileSync(esbuild, [join(here, 'host', 'index.ts'), '--bundle', '--platform=node', '--external:vscode', '--format=cjs', '--log-level=warning', `--outfile=${tests}`]);
  let ended: (code: number) => void = () => undefined;
  const done = new Promise<number>((resolve) => (ended = resolve));
  const server = await VsCode.start({ driver: true });
  const workbench = await Workbench.open(source, { code: server.url, host: { extension: join(here, 'host', 'python-extension'), tests, ended: (code) => ended(code) } });
  const code = await done;
  if (code !== 0) throw new Error(`the tests could not be run in the extension host (exit code ${code})`);
  const results = JSON.parse(readFileSync(join(workbench.workspace, 'results.json'), 'utf8')) as Result[];
  const close = async (): Promise<void> => {
    await workbench.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { results, close };
}
