import * as vscode from 'vscode';
import { Interpreters } from '../interpreter';
import { chosenPython } from './configurations';

/** Starts `causeway dap` of the session's interpreter, or connects to one that listens already (`debugServer` is VS Code's own way for that). */
export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(private readonly interpreters: Interpreters) {}

  async createDebugAdapterDescriptor(session: vscode.DebugSession): Promise<vscode.DebugAdapterDescriptor> {
    const python = await this.interpreters.withCauseway(session.workspaceFolder, chosenPython(session.configuration));
    if (python === undefined) throw new Error('No Python interpreter with Causeway: set "python" in the launch configuration or "causeway.python" in the settings.');
    const cwd = session.workspaceFolder?.uri.fsPath;
    return new vscode.DebugAdapterExecutable(python, ['-m', 'causeway_core', 'dap'], cwd ? { cwd } : undefined);
  }
}
