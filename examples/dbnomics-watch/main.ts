import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dbnomics } from 'sluice/adapters/dbnomics';
import { recordings } from './recordings.ts';
import { walk } from './walk.ts';
import { watch } from './watch.ts';

const OPTIONS = {
  live: { type: 'boolean', default: false },
  'next-day': { type: 'boolean', default: false },
  every: { type: 'string' },
  state: { type: 'string', default: join(import.meta.dirname, 'state') },
  help: { type: 'boolean', default: false },
} as const;

const HELP = `Walks a dataset of DBnomics page by page, then watches a few series; both go on where they were.

  npx tsx examples/dbnomics-watch/main.ts [options]

  --live       ask DBnomics itself, and watch until Ctrl-C; without it, recordings answer, and it ends by itself
  --next-day   of the recordings: as they could be a day later (made up)
  --every MS   how often to look (default 3600000, of recordings 100)
  --state DIR  where it is kept how far they are (default examples/dbnomics-watch/state)
  --help       print this`;

async function main(args: string[]): Promise<void> {
  const { live, every, state, help, 'next-day': nextDay } = parseArgs({ args, options: OPTIONS }).values;
  if (help) return console.log(HELP);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  console.log(live ? 'asking DBnomics' : 'asking recordings of DBnomics (--live asks DBnomics itself)');
  // Of recordings there is nothing to wait for once a look has found nothing new.
  const api = dbnomics(live ? {} : { fetch: recordings({ nextDay, lookedAgain: () => stop.abort() }) });
  const folder = join(state, live ? 'live' : 'recorded');
  const everyMs = Number(every ?? (live ? 3_600_000 : 100));
  await walk(api, join(folder, 'walk.json'), console.log);
  await watch(api, { everyMs, folder: join(folder, 'watch'), signal: stop.signal, say: console.log });
}

try {
  await main(process.argv.slice(2));
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : String(cause));
  process.exitCode = 1;
}
