import * as vscode from 'vscode';
import { Interpreters } from '../interpreter';
import { newestRecording } from '../recordings';

const FRAMEWORKS: readonly { readonly pattern: RegExp; readonly name: string; make(app: string): vscode.DebugConfiguration }[] = [
  {
    pattern: /^(\w+)\s*(?::[^=]+)?=\s*(?:fastapi\.)?(?:FastAPI|Starlette)\(/m,
    name: 'FastAPI or Starlette app',
    make: (app) => ({ type: 'causeway', request: 'launch', name: `Causeway: ${app} (uvicorn)`, module: 'uvicorn', args: [app] }),
  },
  {
    pattern: /^def\s+(\w+)\([^)]*\)\s*->\s*web\.Application\b/m,
    name: 'aiohttp app',
    make: (app) => ({ type: 'causeway', request: 'launch', name: `Causeway: ${app} (aiohttp)`, module: 'aiohttp.web', args: [app] }),
  },
];

/** The interpreter that a configuration names; undefined where the folder's is meant. */
export function chosenPython(configuration: vscode.DebugConfiguration): string | undefined {
  const given: unknown = configuration['python'];
  const python: unknown = Array.isArray(given) ? given[0] : given;
  return typeof python === 'string' && python !== '' ? python : undefined;
}

/** Fills in what a person left out, so that F5 works without a launch.json. */
export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  constructor(private readonly interpreters: Interpreters) {}

  /** F5 without a configuration debugs the file in the editor. */
  resolveDebugConfiguration(folder: vscode.WorkspaceFolder | undefined, configuration: vscode.DebugConfiguration): vscode.ProviderResult<vscode.DebugConfiguration> {
    if (!configuration.type && !configuration.request && !configuration.name) {
      const editor = vscode.window.activeTextEditor;
      if (editor?.document.languageId !== 'python') return undefined;
      return { type: 'causeway', request: 'launch', name: 'Causeway: current file', program: editor.document.uri.fsPath, ...this.place(folder) };
    }
    return configuration.request === 'launch' && configuration['recording'] === undefined ? { ...this.place(folder), ...configuration } : configuration;
  }

  /** Without an interpreter that has Causeway there is no session: the one question has been asked, and nothing more is said. */
  async resolveDebugConfigurationWithSubstitutedVariables(folder: vscode.WorkspaceFolder | undefined, configuration: vscode.DebugConfiguration): Promise<vscode.DebugConfiguration | undefined> {
    if (configuration['debugServer'] !== undefined) return configuration;
    const python = await this.interpreters.withCauseway(folder, chosenPython(configuration));
    return python === undefined ? undefined : configuration;
  }

  private place(folder: vscode.WorkspaceFolder | undefined): { cwd?: string } {
    return folder ? { cwd: folder.uri.fsPath } : {};
  }
}

/** What "Show all automatic debug configurations" lists for a folder: its apps, its tests, its newest recording. */
export class DynamicConfigurations implements vscode.DebugConfigurationProvider {
  async provideDebugConfigurations(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    const found: vscode.DebugConfiguration[] = [
      { type: 'causeway', request: 'launch', name: 'Causeway: current file', program: '${file}' },
      { type: 'causeway', request: 'launch', name: 'Causeway: pytest', module: 'pytest', args: [] },
    ];
    const recording = folder && (await newestRecording(folder));
    if (recording) found.push({ type: 'causeway', request: 'attach', name: 'Causeway: newest recording', recording: recording.fsPath, at: 'end' });
    const editor = vscode.window.activeTextEditor;
    if (folder && editor?.document.languageId === 'python') found.push(...this.apps(folder, editor.document));
    return found;
  }

  private apps(folder: vscode.WorkspaceFolder, document: vscode.TextDocument): vscode.DebugConfiguration[] {
    const module = vscode.workspace.asRelativePath(document.uri, false).replace(/\.py$/, '').replaceAll('/', '.');
    if (vscode.workspace.getWorkspaceFolder(document.uri) !== folder) return [];
    return FRAMEWORKS.flatMap(({ pattern, make }) => {
      const name = pattern.exec(document.getText())?.[1];
      return name === undefined ? [] : [make(`${module}:${name}`)];
    });
  }
}
