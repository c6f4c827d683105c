import type { KeptDeadLetter } from '../../bus/deadLetters/keptDeadLetter.ts';
import { countMeant } from './countMeant.ts';
import type { OpenDesk } from './openDesk.ts';
import type { DlqOptions } from './options.ts';
import { amount } from './text.ts';

/** How many kinds are told apart; the rest are one. */
const MOST_KINDS = 1_000;

interface Kind {
  readonly group: string;
  readonly stage: string;
  readonly error: string;
  count: number;
  oldest: number;
  newest: number;
}

/** Says how many there are, by group, stage and error. */
export async function printStats(options: DlqOptions, open: OpenDesk, signal: AbortSignal): Promise<number> {
  const kinds = new Map<string, Kind>();
  const count = await countMeant(options, open, signal, (letter) => add(kinds, letter));
  const sorted = [...kinds.values()].sort((a, b) => b.count - a.count);
  const partitions = Object.fromEntries(open.counts);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ count, partitions, kinds: sorted })}\n`);
    return 0;
  }
  process.stdout.write(`${amount(count)} in ${options.stream}\n`);
  for (const kind of sorted) process.stdout.write(`${lineOf(kind)}\n`);
  return 0;
}

function add(kinds: Map<string, Kind>, { group, stage = '', error, time }: KeptDeadLetter): void {
  const names = [group, stage, error.name] as const;
  const known = kinds.get(JSON.stringify(names));
  const key = known || kinds.size < MOST_KINDS ? JSON.stringify(names) : '';
  const [ofGroup, ofStage, ofError] = key === '' ? ['others', '', 'others'] : names;
  const kind = kinds.get(key) ?? {
    group: ofGroup,
    stage: ofStage,
    error: ofError,
    count: 0,
    oldest: time,
    newest: time,
  };
  kind.count += 1;
  kind.oldest = Math.min(kind.oldest, time);
  kind.newest = Math.max(kind.newest, time);
  kinds.set(key, kind);
}

function lineOf({ group, stage, error, count, oldest, newest }: Kind): string {
  const where = stage === '' ? group : `${group}/${stage}`;
  const times = `${new Date(oldest).toISOString()} to ${new Date(newest).toISOString()}`;
  return `${count.toLocaleString('en-US').padStart(9)}  ${where}  ${error}  ${times}`;
}
