import { Interrupt } from '../bench/interrupt.ts';
import { HELP } from './help.ts';
import { type OpenDesk, openDesk } from './openDesk.ts';
import { type DlqOptions, parseOptions } from './options.ts';
import { purge } from './purge.ts';
import { replay } from './replay.ts';
import { printStats } from './stats.ts';
import { amount, jsonOf, lineOf, pageOf } from './text.ts';

/** Runs `sluice dlq`; resolves with the exit code. */
export async function dlq(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) return printed(HELP);
  await using open = await openDesk(options);
  using interrupt = new Interrupt(() => process.stderr.write('\nEnding: what was done until now stays so.\n'));
  const code = await run(options, open, interrupt.signal);
  return interrupt.code ?? code;
}

function run(options: DlqOptions, open: OpenDesk, signal: AbortSignal): Promise<number> {
  switch (options.command) {
    case 'list':
      return list(options, open);
    case 'show':
      return show(options, open);
    case 'stats':
      return printStats(options, open, signal);
    case 'replay':
      return replay(options, open, signal);
    default:
      return purge(options, open, signal);
  }
}

async function list({ which, stream, limit, json }: DlqOptions, { desk, counts }: OpenDesk): Promise<number> {
  const letters = await desk.list({ ...(which === 'all' ? {} : which), stream, count: limit });
  for (const letter of letters) process.stdout.write(`${json ? jsonOf(letter) : lineOf(letter)}\n`);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (!json) process.stderr.write(`${amount(letters.length)} of ${all.toLocaleString('en-US')} in ${stream}\n`);
  return 0;
}

async function show({ which, stream, json }: DlqOptions, { desk }: OpenDesk): Promise<number> {
  const [id = ''] = which === 'all' ? [] : (which.ids ?? []);
  const letter = await desk.open(id, stream);
  if (letter) return printed(json ? `${jsonOf(letter)}\n` : pageOf(letter));
  process.stderr.write(
    `there is no dead letter ${id} in ${stream}: it was replayed or purged, or is another stream's\n`,
  );
  return 1;
}

function printed(text: string): number {
  process.stdout.write(text);
  return 0;
}
