import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** What a command line came to. */
export interface SluiceRun {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export interface RunSluiceOptions {
  /** Arguments of Node itself. */
  readonly node?: readonly string[];
  /** Told of every piece of what goes to stderr, with the process. */
  readonly onError?: (text: string, child: ChildProcess) => void;
}

/** Runs the command line as a process of its own. */
export async function runSluice(args: readonly string[], options: RunSluiceOptions = {}): Promise<SluiceRun> {
  const { node = [], onError } = options;
  const command = ['--import', 'tsx', ...node, 'src/cli/sluice.ts', ...args];
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => {
    errors += chunk;
    onError?.(errors, child);
  });
  const [code] = await once(child, 'close');
  return { code, output, errors };
}

/** A folder for what a run writes, gone at the end of its block. */
export class ReportFolder implements Disposable {
  private readonly path = mkdtempSync(join(tmpdir(), 'sluice-bench-'));

  file(name: string): string {
    return join(this.path, name);
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
