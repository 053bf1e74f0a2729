import * as path from 'node:path';
import * as vscode from 'vscode';
import { CommandLine } from '../commandLine';
import { Finding, findingsOf, Tier, TIERS, TimelineEvent } from '../findings';
import { nameOf, newestRecording } from '../recordings';

type Entry =
  | { readonly kind: 'tier'; readonly tier: Tier; readonly findings: readonly Located[] }
  | ({ readonly kind: 'finding' } & Located)
  | { readonly kind: 'event'; readonly located: Located; readonly event: TimelineEvent }
  | { readonly kind: 'note'; readonly text: string; readonly icon: string };

/** A finding and the recording that it is of. */
export interface Located {
  readonly finding: Finding;
  readonly recording: vscode.Uri;
}

const ICONS: Record<Tier, vscode.ThemeIcon> = {
  confirmed: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')),
  likely: new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground')),
  latent: new vscode.ThemeIcon('info'),
  hint: new vscode.ThemeIcon('lightbulb'),
};

/** The findings of each folder's newest recording by tier, each with its timeline. */
export class FindingsView implements vscode.TreeDataProvider<Entry> {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly commandLine: CommandLine) {}

  refresh(): void {
    this.changed.fire();
  }

  async getChildren(entry?: Entry): Promise<Entry[]> {
    if (entry === undefined) return this.tiers();
    if (entry.kind === 'tier') return entry.findings.map((located) => ({ kind: 'finding', ...located }));
    return entry.kind === 'finding' ? this.details(entry) : [];
  }

  getTreeItem(entry: Entry): vscode.TreeItem {
    switch (entry.kind) {
      case 'tier':
        return this.tierItem(entry.tier, entry.findings.length);
      case 'finding':
        return this.findingItem(entry);
      case 'event':
        return this.eventItem(entry.located, entry.event);
      case 'note': {
        const item = new vscode.TreeItem(entry.text);
        item.iconPath = new vscode.ThemeIcon(entry.icon);
        item.tooltip = entry.text;
        return item;
      }
    }
  }

  private async tiers(): Promise<Entry[]> {
    const found: Located[] = [];
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      const recording = await newestRecording(folder);
      if (recording) found.push(...(await findingsOf(this.commandLine, recording)).map((finding) => ({ finding, recording })));
    }
    return TIERS.map((tier) => ({ kind: 'tier' as const, tier, findings: found.filter(({ finding }) => finding.tier === tier) })).filter(({ findings }) => findings.length > 0);
  }

  private details(located: Located): Entry[] {
    const { finding } = located;
    const notes: [string | null, string][] = [
      [finding.window === null ? null : `window: ${finding.window}`, 'clock'],
      [finding.unordered === null ? null : `no causal relationship: ${finding.unordered}`, 'git-compare'],
      [finding.reproduced === null ? null : `reproduced ${finding.reproduced.failures} of ${finding.reproduced.runs}`, 'verified'],
      [`do: ${finding.recommendation}`, 'lightbulb'],
    ];
    return [
      ...finding.timeline.map((event) => ({ kind: 'event' as const, located, event })),
      ...notes.flatMap(([text, icon]) => (text === null ? [] : [{ kind: 'note' as const, text, icon }])),
    ];
  }

  private tierItem(tier: Tier, count: number): vscode.TreeItem {
    const state = tier === 'confirmed' || tier === 'likely' ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
    const item = new vscode.TreeItem(tier, state);
    item.id = tier;
    item.description = String(count);
    item.iconPath = ICONS[tier];
    return item;
  }

  private findingItem({ finding, recording }: Located): vscode.TreeItem {
    const item = new vscode.TreeItem(`${finding.kind.replaceAll('_', ' ')} of ${finding.resource}`, vscode.TreeItemCollapsibleState.Collapsed);
    // With an id a refresh leaves open what is open.
    item.id = `${recording.fsPath} ${finding.id}`;
    item.description = finding.title;
    item.tooltip = new vscode.MarkdownString(`**${finding.title}**\n\n${finding.explanation}\n\n_${nameOf(recording)}, ${finding.id}_`);
    item.contextValue = 'finding';
    item.iconPath = ICONS[finding.tier];
    return item;
  }

  private eventItem({ finding, recording }: Located, event: TimelineEvent): vscode.TreeItem {
    const item = new vscode.TreeItem(event.text);
    const milliseconds = (event.offset_ns / 1e6).toFixed(3);
    item.description = `${finding.lanes[event.lane] ?? ''} · ${path.basename(event.file)}:${event.line} · +${milliseconds} ms`;
    // In a narrow side bar the row itself is cut off.
    item.tooltip = `${event.text}\n${item.description}\nClick to travel there`;
    item.iconPath = new vscode.ThemeIcon('debug-stackframe-dot');
    item.command = { command: 'causeway.travelTo', title: 'Travel there', arguments: [{ recording: recording.fsPath, at: event.event }] };
    return item;
  }
}
