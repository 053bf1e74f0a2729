import * as vscode from 'vscode';
import { Sessions } from './sessions';

interface VariableArgument {
  readonly variable?: { readonly evaluateName?: string; readonly name?: string };
}

/** Moves the active session by the adapter's own request; what it refuses is shown as its one sentence. */
export async function travel(session: vscode.DebugSession, target: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    await session.customRequest('causeway/travel', target);
  } catch (error) {
    void vscode.window.showInformationMessage(error instanceof Error ? error.message : String(error));
  }
}

/** The keys and palette commands that stock VS Code lacks. Each works on the active Causeway session. */
export class DebugCommands {
  constructor(private readonly sessions: Sessions) {}

  register(): vscode.Disposable[] {
    const table: Record<string, (argument?: VariableArgument) => Promise<void>> = {
      'causeway.stepBack': () => this.builtIn('workbench.action.debug.stepBack'),
      'causeway.reverse': () => this.builtIn('workbench.action.debug.reverseContinue'),
      'causeway.stepToCause': () => this.travel({ cause: true, threadId: this.sessions.current?.threadId }),
      'causeway.pickCause': () => this.pickCause(),
      'causeway.whoWroteThis': (argument) => this.whoWroteThis(argument),
      'causeway.nextExecution': () => this.toExecution(1),
      'causeway.previousExecution': () => this.toExecution(-1),
      'causeway.nextEvent': () => this.travel({ actor: this.sessions.current?.threadId, direction: 1 }),
      'causeway.previousEvent': () => this.travel({ actor: this.sessions.current?.threadId, direction: -1 }),
      'causeway.backToNow': () => this.backToNow(),
    };
    return Object.entries(table).map(([command, run]) => vscode.commands.registerCommand(command, run));
  }

  private async builtIn(command: string): Promise<void> {
    await vscode.commands.executeCommand(command);
  }

  private async travel(target: Readonly<Record<string, unknown>>): Promise<void> {
    const session = this.sessions.active;
    if (session) await travel(session, target);
  }

  private async backToNow(): Promise<void> {
    await this.travel({ now: true });
  }

  /** The nearest execution of the cursor's line after or before the stop. */
  private async toExecution(direction: 1 | -1): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor) await this.travel({ path: editor.document.uri.fsPath, line: editor.selection.active.line + 1, direction });
  }

  /** From the Variables view: that variable; else the selection, or the name under the cursor. */
  private async whoWroteThis(argument?: VariableArgument): Promise<void> {
    const expression = argument?.variable?.evaluateName ?? argument?.variable?.name ?? this.underCursor();
    if (expression === undefined) {
      void vscode.window.showInformationMessage('Put the cursor on a name, or pick a variable in the Variables view.');
      return;
    }
    await this.travel({ writerOf: expression, frameId: this.frameId });
  }

  private underCursor(): string | undefined {
    const editor = vscode.window.activeTextEditor;
    if (!editor) return undefined;
    if (!editor.selection.isEmpty) return editor.document.getText(editor.selection);
    const range = editor.document.getWordRangeAtPosition(editor.selection.active, /[\p{L}_][\p{L}\p{N}_.]*/u);
    return range && editor.document.getText(range);
  }

  private get frameId(): number | undefined {
    const item = vscode.debug.activeStackItem;
    return item instanceof vscode.DebugStackFrame ? item.frameId : undefined;
  }

  /** All immediate causes and effects of the stop, to choose from. */
  private async pickCause(): Promise<void> {
    const session = this.sessions.active;
    const threadId = this.sessions.current?.threadId;
    const frameId = this.frameId;
    if (!session || frameId === undefined) return;
    const { targets } = (await session.customRequest('stepInTargets', { frameId })) as { targets: { id: number; label: string }[] };
    if (targets.length === 0) {
      void vscode.window.showInformationMessage('Nothing in the recording led here, and nothing followed from it.');
      return;
    }
    const picked = await vscode.window.showQuickPick(
      targets.map(({ id, label }) => ({ id, label: label.replace(/^(cause|effect): /, (word) => (word === 'cause: ' ? '$(arrow-left) ' : '$(arrow-right) ')) })),
      { title: 'Causes and effects of this stop', placeHolder: 'Where to?' },
    );
    if (picked) await session.customRequest('stepIn', { threadId, targetId: picked.id });
  }
}
