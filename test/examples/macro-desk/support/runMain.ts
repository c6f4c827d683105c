import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../../..');

export interface MainRun {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs the macro desk as a process of its own, as `npm start` does; kills it with SIGINT at its first output if told to. */
export async function runMain(args: readonly string[], interrupt = false): Promise<MainRun> {
  const command = ['--import', 'tsx', 'examples/macro-desk/main.ts', ...args];
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  if (interrupt) child.stdout.once('data', () => child.kill('SIGINT'));
  const [code] = await once(child, 'close');
  return { code, lines: output.trimEnd().split('\n'), errors };
}
