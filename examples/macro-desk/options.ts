import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  /** Fetch the series from DBnomics, in place of the recordings. */
  readonly live: boolean;
  /** Where DBnomics is. */
  readonly dbnomics: string;
  /** A Redis URL; undefined for this process's memory. */
  readonly store: string | undefined;
  /** The base address of an OTLP/HTTP collector. */
  readonly otlp: string | undefined;
  readonly repeat: number;
  /** The folder for the results. */
  readonly out: string | undefined;
  readonly help: boolean;
}

const DBNOMICS = 'https://api.db.nomics.world/v22';

export const HELP = `A macro-economic desk over series of DBnomics: recorded ones, unless told otherwise.

  npm start -- [options]

  --live        fetch the same series from DBnomics as they are today; what can't be had is taken from the recordings
  --dbnomics-url URL
                where DBnomics is, a mirror or a proxy (default ${DBNOMICS}); goes with --live
  --store URL   run on Redis (redis://127.0.0.1:6379, rediss://user:secret@host) instead of in this process's memory
  --otlp URL    export the traces to a collector as well, over OTLP/HTTP: Jaeger listens on http://localhost:4318
  --repeat N    publish the series N times over, each time as a set of its own (default 1)
  --out DIR     write the results there (default examples/macro-desk/out)
  --help        print this`;

/** The command line is wrong; the message says what. */
export class UsageError extends Error {}

const FLAGS = {
  live: { type: 'boolean' },
  'dbnomics-url': { type: 'string' },
  store: { type: 'string' },
  otlp: { type: 'string' },
  repeat: { type: 'string' },
  out: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @throws {UsageError} for a flag it does not know, or a value that one can't take */
export function parseOptions(args: readonly string[]): Options {
  const { live = false, 'dbnomics-url': dbnomics, store, otlp, repeat = '1', out, help = false } = parse(args);
  if (!/^[1-9]\d{0,5}$/.test(repeat)) {
    throw new UsageError(`--repeat is '${repeat}': it takes a whole number from 1 to 999999`);
  }
  if (dbnomics !== undefined && !live) throw new UsageError('--dbnomics-url is of no use without --live');
  if (dbnomics !== undefined) checkUrl('--dbnomics-url', dbnomics, /^https?:\/\//, DBNOMICS);
  if (otlp !== undefined) checkUrl('--otlp', otlp, /^https?:\/\//, 'http://localhost:4318');
  if (store !== undefined && store !== 'memory')
    checkUrl('--store', store, /^[a-z][a-z+-]*:\//, 'redis://127.0.0.1:6379');
  if (out === '') throw new UsageError("--out is '': it takes the path of a folder");
  return { live, dbnomics: dbnomics ?? DBNOMICS, store, otlp, repeat: Number(repeat), out, help };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true }).values;
  } catch (cause) {
    // Node's own sentence goes on about positional arguments, of which there are none here.
    const [sentence] = (cause instanceof Error ? cause.message : String(cause)).split('. ');
    throw new UsageError(`${sentence}; --help lists the options`, { cause });
  }
}

/** Does not repeat a URL that may hold a password. */
function checkUrl(flag: string, text: string, form: RegExp, example: string): void {
  if (form.test(text) && URL.canParse(text)) return;
  throw new UsageError(`${flag} takes a URL such as ${example}`);
}
