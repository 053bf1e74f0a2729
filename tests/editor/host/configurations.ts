import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import * as vscode from 'vscode';
import { subject, type Tests } from './subject.ts';

const HEAD = /^Content-Length: (\d+)\r\n\r\n/;

/** The messages of the Debug Adapter Protocol that a socket brings. */
function heard(socket: Socket, hear: (message: Record<string, unknown>) => void): void {
  let waiting = '';
  socket.setEncoding('latin1').on('data', (data: string) => {
    waiting += data;
    for (let head = HEAD.exec(waiting); head !== null && waiting.length >= head[0].length + Number(head[1]); head = HEAD.exec(waiting)) {
      const end = head[0].length + Number(head[1]);
      hear(JSON.parse(Buffer.from(waiting.slice(head[0].length, end), 'latin1').toString()) as Record<string, unknown>);
      waiting = waiting.slice(end);
    }
  });
}

/** What an adapter is asked to launch or to attach to for a configuration: one that stands in for ours takes the request, and ends the session. */
async function arrives(folder: vscode.WorkspaceFolder, configuration: vscode.DebugConfiguration): Promise<Record<string, unknown>> {
  let told: (request: Record<string, unknown>) => void;
  const asked = new Promise<Record<string, unknown>>((resolve) => (told = resolve));
  const server = createServer((socket) => {
    const say = (message: Record<string, unknown>): void => {
      const text = JSON.stringify({ seq: 0, ...message });
      socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    };
    heard(socket, ({ seq, command, arguments: given }) => {
      say({ type: 'response', request_seq: seq, command, success: true });
      if (command !== 'launch' && command !== 'attach') return;
      told({ ...(given as Record<string, unknown>), request: command });
      say({ type: 'event', event: 'terminated' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ended = new Promise<void>((resolve) => {
    const listener = vscode.debug.onDidTerminateDebugSession(() => resolve(listener.dispose()));
  });
  await vscode.debug.startDebugging(folder, { ...configuration, debugServer: (server.address() as AddressInfo).port });
  const request = await asked;
  await ended;
  server.close();
  return request;
}

/** A snippet's body as it is when a person has kept what it proposes. */
function kept(body: unknown): vscode.DebugConfiguration {
  const text = JSON.stringify(body).replace(/"\^\\"(.*?)\\""/g, '"$1"').replace(/"\^(\$\{\d+:[^}]*\})"/g, '$1').replace(/\$\{\d+:([^}]*)\}/g, '$1').replaceAll('\\\\$', '$');
  return JSON.parse(text) as vscode.DebugConfiguration;
}

interface Debuggers {
  readonly contributes: { readonly debuggers: readonly [{ readonly initialConfigurations: unknown[]; readonly configurationSnippets: { label: string; body: unknown }[] }] };
}

export const configurations: Tests = {
  'each configuration that is proposed reaches the adapter, whole, with the folder to run in': async (folder) => {
    const file = vscode.Uri.joinPath(folder.uri, 'counter.py');
    await vscode.window.showTextDocument(file);
    const { initialConfigurations, configurationSnippets } = (subject().packageJSON as Debuggers).contributes.debuggers[0];
    const proposed = [...initialConfigurations, ...configurationSnippets.map(({ body }) => body)].map(kept);
    assert.ok(proposed.length >= 9);
    for (const configuration of proposed) {
      const request = await arrives(folder, configuration);
      assert.doesNotMatch(JSON.stringify(request), /\$\{|\^/, configuration.name);
      assert.equal(request['request'], configuration.request);
      if (configuration.request === 'launch') assert.equal(request['cwd'], folder.uri.fsPath, configuration.name);
      if (configuration['program'] === '${file}') assert.equal(request['program'], file.fsPath);
      for (const [key, value] of Object.entries(configuration)) if (!JSON.stringify(value).includes('${')) assert.deepEqual(request[key], value, `${configuration.name}: ${key}`);
    }
  },
};
