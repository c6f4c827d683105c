import { parseArgs } from 'node:util';
import type { DeadLetterFilter } from '../../bus/deadLetters/deadLetterFilter.ts';
import type { WhichDeadLetters } from '../../bus/deadLetters/deadLettersOptions.ts';
import { isStore } from '../../bus/isStore.ts';
import { toError } from '../../core/errors.ts';
import { UsageError } from '../usageError.ts';
import { timeOf } from './timeOf.ts';

const COMMANDS = ['list', 'show', 'stats', 'replay', 'purge'] as const;

type Command = (typeof COMMANDS)[number];

/** What the command line asks for, complete. */
export interface DlqOptions {
  readonly command: Command;
  readonly store: string;
  readonly namespace: string;
  readonly stream: string;
  readonly which: WhichDeadLetters;
  readonly limit: number;
  readonly rate: number | undefined;
  /** Wrapped, since it may be anything. */
  readonly data: { readonly value: unknown } | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

const FLAGS = {
  store: { type: 'string' },
  namespace: { type: 'string' },
  stream: { type: 'string' },
  id: { type: 'string', multiple: true },
  topic: { type: 'string' },
  group: { type: 'string' },
  stage: { type: 'string' },
  error: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  all: { type: 'boolean' },
  limit: { type: 'string' },
  rate: { type: 'string' },
  data: { type: 'string' },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parse>['values'];

/** The flags that some commands only have. */
const OF_SOME: Readonly<Partial<Record<keyof typeof FLAGS, readonly Command[]>>> = {
  limit: ['list'],
  rate: ['replay'],
  data: ['replay'],
  'dry-run': ['replay', 'purge'],
  yes: ['purge'],
  json: ['list', 'show', 'stats'],
};

/**
 * Undefined where help was asked for.
 *
 * @throws {UsageError} naming the flag, what it got and what it takes
 */
export function parseOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  now: number = Date.now(),
): DlqOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help || (args.length === 0 && positionals.length === 0)) return undefined;
  const [command, ...ids] = positionals;
  checkCommand(command, values, ids);
  const { namespace = env['SLUICE_NAMESPACE'] ?? 'sluice', stream = 'main', limit = '100' } = values;
  return {
    command,
    store: storeOf(values.store ?? env['SLUICE_STORE']),
    namespace,
    stream,
    which: whichOf(command, { ...values, id: [...(values.id ?? []), ...ids] }, now),
    limit: number('--limit', limit, /^\d+$/, 'a whole number from 1'),
    rate: values.rate === undefined ? undefined : number('--rate', values.rate, /^\d+(\.\d+)?$/, 'a number a second'),
    data: dataOf(values.data),
    dryRun: values['dry-run'] ?? false,
    yes: values.yes ?? false,
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: true });
  } catch (cause) {
    // Node's own sentences go on about how to pass what begins with a dash.
    const [sentence] = toError(cause).message.split(/[.\n]/);
    throw new UsageError(`${sentence}; sluice dlq --help lists the options`, { cause });
  }
}

function checkCommand(command: string | undefined, values: Values, ids: readonly string[]): asserts command is Command {
  const known = COMMANDS.find((each) => each === command);
  if (known === undefined) throw new UsageError(`sluice dlq has no '${command ?? ''}': it has ${COMMANDS.join(', ')}`);
  for (const [flag, commands] of Object.entries(OF_SOME)) {
    if (values[flag as keyof Values] !== undefined && !commands.includes(known)) {
      throw new UsageError(`--${flag} says nothing to ${known}: it is for ${commands.join(', ')}`);
    }
  }
  if (known === 'show' && ids.length !== 1) throw new UsageError('show takes one id, as list prints it');
  if (known !== 'show' && ids.length > 0) throw new UsageError(`'${ids.join(' ')}' is left over; ids go behind --id`);
}

function whichOf(command: Command, values: Values, now: number): WhichDeadLetters {
  const { id, topic, group, stage, error, since, until, all } = values;
  const filter: DeadLetterFilter = {
    ...(id && id.length > 0 && { ids: id }),
    ...(topic !== undefined && { topic }),
    ...(group !== undefined && { group }),
    ...(stage !== undefined && { stage }),
    ...(error !== undefined && { error }),
    ...(since !== undefined && { since: timeOf('--since', since, now) }),
    ...(until !== undefined && { until: timeOf('--until', until, now) }),
  };
  const says = Object.keys(filter).length > 0;
  if (all && says) throw new UsageError('--all and a filter contradict each other: leave one of them out');
  if (says) return filter;
  if (all || !(command === 'replay' || command === 'purge')) return 'all';
  throw new UsageError(`${command} takes a filter, such as --group NAME, or --all; sluice dlq --help lists them`);
}

/** Does not repeat what may hold a password. */
function storeOf(text: string | undefined): string {
  if (text === undefined || text === '') {
    throw new UsageError('--store is missing: it takes a URL such as redis://localhost:6379; or set SLUICE_STORE');
  }
  if (text !== 'memory' && isStore(text)) return text;
  throw new UsageError(
    '--store takes a URL such as redis://localhost:6379, rediss://…, unix:/path or redis+cluster://…',
  );
}

function number(flag: string, text: string, form: RegExp, takes: string): number {
  if (form.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`${flag} is '${text}': it takes ${takes}`);
}

function dataOf(text: string | undefined): DlqOptions['data'] {
  if (text === undefined) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    throw new UsageError(`--data is no JSON: ${toError(cause).message}`, { cause });
  }
}
