import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { share } from './shared.ts';

// Each file of scenes in a process and a window of its own, two at a time, in one VS Code and one browser. One that fails is tried once more, and the
// summary says so.
const here = dirname(fileURLToPath(import.meta.url));
const ATTEMPTS = 2;
/** Only when they are asked for by name: steady, but with a VS Code server of its own and all steps of the walkthrough it takes 50 s. */
const APART = ['install.test.ts'];
const AT_ONCE = Math.min(2, availableParallelism());

/** What a file of scenes printed is shown when it has ended, so that those of two do not mix. */
function passes(scene: string, environment: Record<string, string>): Promise<boolean> {
  const child = spawn(process.execPath, ['--test', join(here, 'scenes', scene)], {
    cwd: here,
    env: { ...process.env, ...environment, CAUSEWAY_SCENE: scene.replace('.test.ts', '') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  return new Promise((resolve) =>
    child.once('close', (code) => {
      console.log(said);
      resolve(code === 0);
    }),
  );
}

/** The line of the summary; `failed` is set where all attempts did. */
async function play(scene: string, environment: Record<string, string>): Promise<{ readonly line: string; readonly passed: boolean }> {
  const began = Date.now();
  let attempt = 1;
  let passed = await passes(scene, environment);
  while (!passed && attempt < ATTEMPTS) {
    attempt += 1;
    console.log(`${scene} failed; trying it once more`);
    passed = await passes(scene, environment);
  }
  const seconds = Math.round((Date.now() - began) / 1000);
  return { passed, line: `${passed ? 'passed' : 'FAILED'}  ${scene}  ${seconds} s${attempt > 1 ? `  (attempt ${attempt})` : ''}` };
}

const began = Date.now();
const wanted = process.argv.slice(2);
const scenes = readdirSync(join(here, 'scenes')).filter((name) => name.endsWith('.test.ts') && (wanted.length === 0 ? !APART.includes(name) : wanted.some((word) => name.startsWith(word))));
const results: { readonly line: string; readonly passed: boolean }[] = [];
const { environment, stop } = await share();
// Whoever interrupts a run leaves no server and no browser behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().finally(() => process.exit(1)));
try {
  const waiting = [...scenes];
  const next = async (): Promise<void> => {
    for (let scene = waiting.shift(); scene !== undefined; scene = waiting.shift()) results.push(await play(scene, environment));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
} finally {
  await stop();
}
console.log(`\n${results.map(({ line }) => line).join('\n')}\nin ${Math.round((Date.now() - began) / 1000)} s`);
process.exitCode = results.length > 0 && results.every(({ passed }) => passed) ? 0 : 1;
