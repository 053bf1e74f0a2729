import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Each file of scenes in a process and a VS Code of its own, one after the other. One that fails is tried once more, and the summary says so.
const here = dirname(fileURLToPath(import.meta.url));
const ATTEMPTS = 2;

function passes(scene: string): Promise<boolean> {
  const child = spawn(process.execPath, ['--test', join(here, 'scenes', scene)], { cwd: here, stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0)));
}

const wanted = process.argv.slice(2);
const scenes = readdirSync(join(here, 'scenes')).filter((name) => name.endsWith('.test.ts') && (wanted.length === 0 || wanted.some((word) => name.startsWith(word))));
const summary: string[] = [];
let failed = scenes.length === 0;
for (const scene of scenes) {
  const began = Date.now();
  let attempt = 1;
  let passed = await passes(scene);
  while (!passed && attempt < ATTEMPTS) {
    attempt += 1;
    console.log(`${scene} failed; trying it once more`);
    passed = await passes(scene);
  }
  failed ||= !passed;
  const seconds = Math.round((Date.now() - began) / 1000);
  summary.push(`${passed ? 'passed' : 'FAILED'}  ${scene}  ${seconds} s${attempt > 1 ? `  (attempt ${attempt})` : ''}`);
}
console.log(`\n${summary.join('\n')}`);
process.exitCode = failed ? 1 : 0;
