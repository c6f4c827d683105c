import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  readonly live: boolean;
  /** After how many datasets it ends; undefined for all that were recorded, or 10. */
  readonly count: number | undefined;
  /** How far back it begins, without a state. */
  readonly hours: number;
  /** The folder of the state of the real catalog's watch; undefined for this process's memory. */
  readonly state: string | undefined;
  readonly help: boolean;
}

export const HELP = `Watches Data.gov for datasets as they are harvested, and looks at the first rows of their CSV files.

  npx tsx examples/catalog-watch/main.ts [options]

  --live          ask the real catalog; without internet, the recordings
  --count N       end after N datasets (default: all that were recorded; 10 of the real ones)
  --hours N       begin with what was harvested N hours ago (default 24; recordings begin at the beginning)
  --state FOLDER  keep there how far the watch of the real catalog is, for the next run
  --help          print this`;

/** The command line is wrong; the message says what. */
export class UsageError extends Error {}

const FLAGS = {
  live: { type: 'boolean' },
  count: { type: 'string' },
  hours: { type: 'string' },
  state: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @throws {UsageError} for a flag it does not know, or a value that one can't take */
export function parseOptions(args: readonly string[]): Options {
  const { live = false, count, hours = '24', state, help = false } = parse(args);
  return {
    live,
    count: count === undefined ? undefined : whole('--count', count),
    hours: whole('--hours', hours),
    state,
    help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true }).values;
  } catch (cause) {
    const [sentence] = (cause instanceof Error ? cause.message : String(cause)).split('. ');
    throw new UsageError(`${sentence}; --help lists the options`, { cause });
  }
}

function whole(flag: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new UsageError(`${flag} is '${text}': it takes a whole number from 1 to 999999`);
  return Number(text);
}
