import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { python } from './vscode.ts';

const run = promisify(execFile);
const ATTEMPTS = 8;

/** The fraud department takes its time, so that the second withdrawal meets the first one's window on a busy machine too. */
export function unhurried(workspace: string): void {
  const ledger = join(workspace, 'ledger.py');
  writeFileSync(ledger, readFileSync(ledger, 'utf8').replace('asyncio.sleep(0.02)', 'asyncio.sleep(0.5)'));
}

/** Records the bank until a withdrawal is lost in the usual order (100, then 50 over it), and gives the recording; it is not analysed in vain. */
export async function recordLostUpdate(workspace: string, folder = '.causeway'): Promise<string> {
  mkdirSync(join(workspace, folder), { recursive: true });
  const target = join(workspace, folder, 'bank.causeway');
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const made = join(workspace, `attempt-${attempt}.causeway`);
    const { stdout } = await run(python, ['-m', 'causeway_core', 'record', '-o', made, 'gateway.py'], { cwd: workspace });
    if (!stdout.includes('alice has 950')) continue;
    renameSync(made, target);
    return target;
  }
  throw new Error(`no withdrawal was lost in ${ATTEMPTS} runs of the bank`);
}

/** Records the bank once more, as a person does who has changed it. */
export async function record(workspace: string): Promise<void> {
  await run(python, ['-m', 'causeway_core', 'record', 'gateway.py'], { cwd: workspace });
}
