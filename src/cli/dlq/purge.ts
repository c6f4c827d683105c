import { createInterface } from 'node:readline/promises';
import { UsageError } from '../usageError.ts';
import { countMeant } from './countMeant.ts';
import type { OpenDesk } from './openDesk.ts';
import type { DlqOptions } from './options.ts';
import { StepLine } from './stepLine.ts';
import { amount } from './text.ts';

/** Purges what is meant, once somebody has said so. */
export async function purge(options: DlqOptions, open: OpenDesk, signal: AbortSignal): Promise<number> {
  const { which, stream, dryRun, yes } = options;
  if (dryRun || !yes) {
    const count = await countMeant(options, open, signal);
    if (dryRun) {
      process.stdout.write(`${amount(count)} would be purged\n`);
      return 0;
    }
    if (!(await agreed(count, signal))) return 1;
  }
  const line = new StepLine(process.stderr);
  const onProgress = ({ purged }: { readonly purged: number }) => line.show(`${amount(purged)} purged`);
  const purged = await open.desk.purge(which, { stream, signal, onProgress });
  line.clear();
  process.stdout.write(`${amount(purged)} purged\n`);
  return 0;
}

async function agreed(count: number, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`${amount(count)} would be gone for good: say --yes, or --dry-run`);
  using terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Remove ${amount(count)} for good? [y/N] `, { signal });
  return /^y(es)?$/i.test(answer.trim());
}
