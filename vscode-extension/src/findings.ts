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

const known = new Map<string, { readonly stamp: string; readonly findings: Promise<Finding[]> }>();

/** The findings that are stored in a recording, most pressing first; empty for a recording that cannot be read. A file that has not changed is read once. */
export async function findingsOf(commandLine: CommandLine, recording: vscode.Uri): Promise<Finding[]> {
  const stamp = await stampOf(recording);
  const before = known.get(recording.fsPath);
  if (before !== undefined && before.stamp === stamp) return before.findings;
  const findings = read(commandLine, recording);
  known.set(recording.fsPath, { stamp, findings });
  // Nothing may have been found because there was no interpreter yet.
  if ((await findings).length === 0) known.delete(recording.fsPath);
  return findings;
}

async function read(commandLine: CommandLine, recording: vscode.Uri): Promise<Finding[]> {
  const rows = await commandLine.lines<{ json: string }>(folderOf(recording), ['query', recording.fsPath, 'select json from finding order by rank, id', '--json']);
  return rows.map((row) => JSON.parse(row.json) as Finding);
}

async function stampOf(recording: vscode.Uri): Promise<string> {
  try {
    const { mtime, size } = await vscode.workspace.fs.stat(recording);
    return `${mtime} ${size}`;
  } catch {
    return '';
  }
}
