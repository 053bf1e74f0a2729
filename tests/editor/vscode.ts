import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const project = join(here, '..', '..');
export const python = join(project, '.venv', 'bin', 'python');
const extension = join(project, 'vscode-extension');
const server = join(here, 'node_modules', 'code-server', 'lib', 'vscode');

/** What is packaged is what is tested: the unpacked .vsix. */
const PACKAGED = ['package.json', 'README.md', 'LICENSE', 'dist/extension.js', 'media', 'walkthrough'];

const SETTINGS = {
  'causeway.python': python,
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'editor.accessibilitySupport': 'off',
  'editor.minimap.enabled': false,
  'debug.toolBarLocation': 'docked',
  'window.confirmBeforeClose': 'never',
  'remote.autoForwardPorts': false,
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  'terminal.integrated.cursorBlinking': false,
  // There is no graphics card: what would be drawn by it is drawn by the processor, at a high price.
  'terminal.integrated.gpuAcceleration': 'off',
  // A person who does not dwell on a row: no tooltip that covers the next one.
  'workbench.hover.delay': 600_000,
};

/** Suites that are run load Causeway's plugin only: what else this project installs for its own tests takes ten times as long, and a proof runs a suite often. */
const PLUGINS = { PYTEST_DISABLE_PLUGIN_AUTOLOAD: '1', PYTEST_PLUGINS: 'causeway.pytest_plugin' };

async function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/**
 * A VS Code server, with the extension in it unless `installed` is false. Its windows are what `url` shows of a folder. With `driver` it runs tests in
 * its extension host; such windows show no toasts, so they are not what a person sees.
 */
export class VsCode {
  readonly url: string;
  private readonly folder: string;
  private readonly child: ChildProcess;

  private constructor(url: string, folder: string, child: ChildProcess) {
    this.url = url;
    this.folder = folder;
    this.child = child;
  }

  static async start({ installed = true, driver = false } = {}): Promise<VsCode> {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-editor-'));
    // What concerns the machine counts only where the server keeps it; the rest is the user's.
    for (const part of ['User', 'Machine']) {
      mkdirSync(join(folder, 'user', part), { recursive: true });
      writeFileSync(join(folder, 'user', part, 'settings.json'), JSON.stringify(SETTINGS));
    }
    if (installed) unpack(join(folder, 'extensions'));
    const port = await freePort();
    const words = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms', ...(driver ? ['--enable-smoke-test-driver'] : [])];
    const places = ['--extensions-dir', join(folder, 'extensions'), '--user-data-dir', join(folder, 'user'), '--server-data-dir', join(folder, 'server')];
    const environment = { ...process.env, ...PLUGINS, EXTENSIONS_GALLERY: '{}', VSCODE_CLI: '1', PATH: `${dirname(python)}:${process.env['PATH'] ?? ''}` };
    const child = spawn(process.execPath, ['out/server-main.js', ...words, ...places], { cwd: server, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    await listening(child, port);
    return new VsCode(`http://127.0.0.1:${port}/`, folder, child);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function unpack(extensions: string): void {
  const { publisher, name, version } = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8')) as Record<string, string>;
  const target = join(extensions, `${publisher}.${name}-${version}`);
  for (const part of PACKAGED) {
    if (!existsSync(join(extension, part))) throw new Error(`the extension is not built: ${part} is missing (make editor)`);
    cpSync(join(extension, part), join(target, part), { recursive: true });
  }
}

/** Resolves when the server says that it listens; rejects with its output when it ends before that. */
function listening(child: ChildProcess, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (data: Buffer): void => {
      said += data.toString();
      if (said.includes(`:${port}`) || said.includes('Extension host agent listening')) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => reject(new Error(`VS Code's server ended with ${code}: ${said.slice(-2000)}`)));
  });
}
