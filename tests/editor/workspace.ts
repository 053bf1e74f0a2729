import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { project } from './vscode.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** A fresh copy of a folder of this project, which a window is open on. */
export class Workspace {
  readonly folder: string;
  private readonly parent = mkdtempSync(join(tmpdir(), 'causeway-scene-'));

  constructor(source: string) {
    this.folder = join(this.parent, 'work');
    cpSync(join(project, source), this.folder, { recursive: true, filter: (path) => !/(\.causeway|__pycache__)$/.test(path) });
  }

  /** Adds to the settings of the workspace. */
  set(settings: Settings): void {
    if (Object.keys(settings).length === 0) return;
    const file = join(this.folder, '.vscode', 'settings.json');
    mkdirSync(join(this.folder, '.vscode'), { recursive: true });
    const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Settings) : {};
    writeFileSync(file, JSON.stringify({ ...before, ...settings }));
  }

  remove(): void {
    rmSync(this.parent, { recursive: true, force: true, maxRetries: 5 });
  }
}
