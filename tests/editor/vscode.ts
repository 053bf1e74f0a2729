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
  // A person who does not dwell on a row: no tooltip that covers the next one.
  'workbench.hover.delay': 600_000,
};

async function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** A VS Code server of its own with the extension in it, and a fresh copy of a workspace. */
export class VsCode {
  readonly url: string;
  readonly workspace: string;
  private readonly folder: string;
  private readonly child: ChildProcess;

  private constructor(url: string, workspace: string, folder: string, child: ChildProcess) {
    this.url = url;
    this.workspace = workspace;
    this.folder = folder;
    this.child = child;
  }

  /** Starts it on a copy of `source` (a folder of this project). `settings` are added to the user's. */
  static async start(source: string, settings: Record<string, unknown> = {}): Promise<VsCode> {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-editor-'));
    const workspace = join(folder, 'work');
    cpSync(join(project, source), workspace, { recursive: true, filter: (path) => !/(\.causeway|__pycache__)$/.test(path) });
    // What concerns the machine counts only where the server keeps it; the rest is the user's.
    for (const part of ['User', 'Machine']) {
      mkdirSync(join(folder, 'user', part), { recursive: true });
      writeFileSync(join(folder, 'user', part, 'settings.json'), JSON.stringify({ ...SETTINGS, ...settings }));
    }
    unpack(join(folder, 'extensions'));
    const port = await freePort();
    const words = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'];
    const places = ['--extensions-dir', join(folder, 'extensions'), '--user-data-dir', join(folder, 'user'), '--server-data-dir', join(folder, 'server')];
    const environment = { ...process.env, EXTENSIONS_GALLERY: '{}', VSCODE_CLI: '1', PATH: `${dirname(python)}:${process.env['PATH'] ?? ''}` };
    const child = spawn(process.execPath, ['out/server-main.js', ...words, ...places], { cwd: server, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    await listening(child, port);
    return new VsCode(`http://127.0.0.1:${port}/?folder=${workspace}`, workspace, folder, child);
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
