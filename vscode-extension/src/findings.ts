import * as vscode from 'vscode';
import { CommandLine } from './commandLine';
import { folderOf } from './recordings';

export type Tier = 'confirmed' | 'likely' | 'latent' | 'hint';

export const TIERS: readonly Tier[] = ['confirmed', 'likely', 'latent', 'hint'];

/** A row of a finding's timeline. */
export interface TimelineEvent {
  readonly lane: number;
  readonly event: string;
  readonly text: string;
  readonly file: string;
  readonly line: number;
  readonly offset_ns: number;
}

/** What is shown of a finding (schema causeway.findings/1; docs/findings.md of Causeway says what each key means). */
export interface Finding {
  readonly id: string;
  readonly kind: string;
  readonly tier: Tier;
  readonly title: string;
  readonly resource: string;
  readonly lanes: readonly string[];
  readonly timeline: readonly TimelineEvent[];
  readonly window: string | null;
  readonly unordered: string | null;
  readonly explanation: string;
  readonly recommendation: string;
  readonly reproduced: { readonly runs: number; readonly failures: number } | null;
}

/** The findings that are stored in a recording, most pressing first; empty for a recording that cannot be read. */
export async function findingsOf(commandLine: CommandLine, recording: vscode.Uri): Promise<Finding[]> {
  const rows = await commandLine.lines<{ json: string }>(folderOf(recording), ['query', recording.fsPath, 'select json from finding order by rank, id', '--json']);
  return rows.map((row) => JSON.parse(row.json) as Finding);
}
