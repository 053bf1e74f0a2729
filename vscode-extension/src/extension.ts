import * as vscode from 'vscode';
import { CommandLine } from './commandLine';
import { compare, FindingsAsText, SCHEME } from './comparison';
import { AdapterFactory } from './debug/adapterFactory';
import { DebugCommands } from './debug/commands';
import { ConfigurationProvider, DynamicConfigurations } from './debug/configurations';
import { Sessions } from './debug/sessions';
import { Destination, travelTo } from './debug/travelTo';
import { createDemo } from './demo';
import { findingsOf } from './findings';
import { Interpreters } from './interpreter';
import { LanguageServer } from './language/client';
import { pythonFile } from './pythonFiles';
import { folderOf, newestRecording, PATTERN } from './recordings';
import { StatusBar } from './statusBar';
import { TestProfile } from './testing/testProfile';
import { Turns } from './turns';
import { CausalityView } from './views/causalityView';
import { FindingsView, Located } from './views/findingsView';
import { RecordingEditor } from './views/recordingEditor';
import { deleteRecording, RecordingsView } from './views/recordingsView';

/** A recording that grows changes many times a second. */
const BETWEEN_LOOKS_MS = 1_000;

/** What other extensions, and tests, may ask of this one. */
export interface Causeway {
  /** The interpreter that a folder's programs run with; it need not have Causeway. */
  interpreterOf(folder?: vscode.WorkspaceFolder): Promise<string>;
}

/** Wires the parts together. Everything that knows Python programs is in the Python package; this only shows it. */
export function activate(context: vscode.ExtensionContext): Causeway {
  const interpreters = new Interpreters();
  const commandLine = new CommandLine(interpreters);
  const sessions = new Sessions();
  const findings = new FindingsView(commandLine);
  const recordings = new RecordingsView(commandLine);
  const status = new StatusBar(sessions);
  const server = new LanguageServer(interpreters, sessions);
  const looks = new Turns(async () => {
    findings.refresh();
    recordings.refresh();
    await Promise.all([rest(commandLine, status), server.whenNeeded()]);
  }, BETWEEN_LOOKS_MS);
  const refresh = (): void => looks.ask();
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${PATTERN}`);
  context.subscriptions.push(
    sessions,
    status,
    server,
    watcher,
    watcher.onDidCreate(refresh),
    watcher.onDidChange(refresh),
    watcher.onDidDelete(refresh),
    new TestProfile(interpreters, commandLine),
    vscode.debug.registerDebugAdapterDescriptorFactory('causeway', new AdapterFactory(interpreters)),
    vscode.debug.registerDebugAdapterTrackerFactory('causeway', sessions),
    vscode.debug.registerDebugConfigurationProvider('causeway', new ConfigurationProvider(interpreters)),
    vscode.debug.registerDebugConfigurationProvider('causeway', new DynamicConfigurations(), vscode.DebugConfigurationProviderTriggerKind.Dynamic),
    vscode.window.registerTreeDataProvider('causeway.findings', findings),
    vscode.window.registerTreeDataProvider('causeway.recordings', recordings),
    vscode.window.registerWebviewViewProvider('causeway.causality', new CausalityView(context.extensionUri, sessions), { webviewOptions: { retainContextWhenHidden: true } }),
    vscode.window.registerCustomEditorProvider('causeway.recording', new RecordingEditor(context.extensionUri, commandLine), { supportsMultipleEditorsPerDocument: true }),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, new FindingsAsText(commandLine)),
    ...new DebugCommands(sessions).register(),
    ...commands(context, commandLine, sessions, server, refresh),
  );
  void server.whenNeeded();
  void rest(commandLine, status);
  return { interpreterOf: (folder) => interpreters.of(folder) };
}

function commands(context: vscode.ExtensionContext, commandLine: CommandLine, sessions: Sessions, server: LanguageServer, refresh: () => void): vscode.Disposable[] {
  const register = vscode.commands.registerCommand;
  return [
    register('causeway.debugFile', (uri?: vscode.Uri) => debugFile(uri)),
    register('causeway.recordFile', (uri?: vscode.Uri) => recordFile(commandLine, uri).then(refresh)),
    register('causeway.travelTo', (to: Destination) => travelTo(sessions, to)),
    register('causeway.openRecording', (recording?: vscode.Uri) => openRecording(sessions, recording)),
    register('causeway.travelToFinding', (located?: Located) => travelToFinding(commandLine, sessions, located)),
    register('causeway.deleteRecording', (recording: vscode.Uri) => deleteRecording(recording).then((deleted) => deleted && refresh())),
    register('causeway.compareRecordings', (recording: vscode.Uri) => compare(recording)),
    register('causeway.verify', (recording: vscode.Uri) => verify(commandLine, recording).then(refresh)),
    register('causeway.refresh', refresh),
    register('causeway.restartLanguageServer', () => server.restart()),
    register('causeway.openDemo', () => createDemo(context.extensionUri)),
  ];
}

/** The status bar between sessions. */
async function rest(commandLine: CommandLine, status: StatusBar): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const recording = folder && (await newestRecording(folder));
  status.rest(recording, recording ? (await findingsOf(commandLine, recording)).length : 0);
}

async function debugFile(uri?: vscode.Uri): Promise<void> {
  const file = await pythonFile(uri, 'Debug which file?');
  if (!file) return;
  const folder = vscode.workspace.getWorkspaceFolder(file);
  await vscode.debug.startDebugging(folder, { type: 'causeway', request: 'launch', name: 'Causeway: current file', program: file.fsPath });
}

/** Records in a terminal, where the program's own output belongs; the views follow the file that appears. */
async function recordFile(commandLine: CommandLine, uri?: vscode.Uri): Promise<void> {
  const file = await pythonFile(uri, 'Record which file?');
  if (!file) return;
  const folder = vscode.workspace.getWorkspaceFolder(file);
  const python = await commandLine.interpreters.withCauseway(folder);
  if (python === undefined) return;
  const shell = new vscode.ShellExecution(python, ['-m', 'causeway_core', 'record', file.fsPath]);
  const task = new vscode.Task({ type: 'causeway' }, folder ?? vscode.TaskScope.Workspace, 'Record', 'causeway', shell);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true };
  await vscode.tasks.executeTask(task);
}

async function openRecording(sessions: Sessions, recording?: vscode.Uri): Promise<void> {
  const chosen = recording ?? (await vscode.window.showOpenDialog({ filters: { 'Causeway recordings': ['causeway'] } }))?.[0];
  if (chosen) await travelTo(sessions, { recording: chosen.fsPath, at: 'end' });
}

async function travelToFinding(commandLine: CommandLine, sessions: Sessions, located?: Located): Promise<void> {
  if (located) return travelTo(sessions, { recording: located.recording.fsPath, at: located.finding.id });
  const folder = vscode.workspace.workspaceFolders?.[0];
  const recording = folder && (await newestRecording(folder));
  const found = recording ? await findingsOf(commandLine, recording) : [];
  if (!recording || found.length === 0) {
    void vscode.window.showInformationMessage('No findings in the newest recording of this workspace.');
    return;
  }
  const picked = await vscode.window.showQuickPick(found.map((one) => ({ label: `${one.id}  ${one.resource}`, description: one.tier, detail: one.title, id: one.id })), { placeHolder: 'Travel to which finding?' });
  if (picked) await travelTo(sessions, { recording: recording.fsPath, at: picked.id });
}

async function verify(commandLine: CommandLine, recording: vscode.Uri): Promise<void> {
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: 'Analyzing and verifying', cancellable: true }, async (_, token) => {
    const said = await commandLine.run(folderOf(recording), ['analyze', recording.fsPath], token);
    if (said && said.code > 1) void vscode.window.showErrorMessage(said.stderr.trim());
  });
}
