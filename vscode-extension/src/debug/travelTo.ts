import * as vscode from 'vscode';
import { folderOf, nameOf } from '../recordings';
import { travel } from './commands';
import { Sessions } from './sessions';

/** Where to begin in a recording: `at` is a finding's id, an event, `start` or `end`. */
export interface Destination {
  readonly recording: string;
  readonly at?: string;
}

/** Moves the session that is open on a recording, or opens one. */
export async function travelTo(sessions: Sessions, { recording, at }: Destination): Promise<void> {
  const session = sessions.active;
  if (session && session.configuration['recording'] === recording) {
    if (at !== undefined) await travel(session, /^s\d+@\d+$/.test(at) ? { event: at } : { finding: at });
    return;
  }
  const uri = vscode.Uri.file(recording);
  await vscode.debug.startDebugging(folderOf(uri), {
    type: 'causeway',
    request: 'attach',
    name: `Causeway: ${nameOf(uri)}`,
    recording,
    ...(at === undefined ? {} : { at }),
  });
}
