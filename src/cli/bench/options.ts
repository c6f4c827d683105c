import { parseArgs } from 'node:util';
import { isStore } from '../../bus/isStore.ts';
import { toError } from '../../core/errors.ts';
import { UsageError } from '../usageError.ts';
import { durationOf } from './duration.ts';
import { MODE_FACTS, MODES, type Mode, type SomeModesFlag } from './modes.ts';

/** What the command line asks for, complete. */
export interface BenchOptions {
  readonly mode: Mode;
  readonly durationMs: number;
  /** Messages a second, all producers together. */
  readonly rate: number;
  readonly producers: number;
  readonly consumers: number;
  /** Of the encoded payload. */
  readonly payloadBytes: number;
  /** `memory` or a URL. */
  readonly store: string;
  /** What the 99th percentile may be, in `stress`. */
  readonly targetMs: number;
  readonly json: string | undefined;
  readonly html: string | undefined;
}

const FLAGS = {
  duration: { type: 'string' },
  rate: { type: 'string' },
  producers: { type: 'string' },
  consumers: { type: 'string' },
  payload: { type: 'string' },
  store: { type: 'string' },
  'target-ms': { type: 'string' },
  json: { type: 'string' },
  html: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const SOME_MODES: readonly SomeModesFlag[] = ['duration', 'rate', 'producers', 'consumers', 'target-ms'];
const FEWEST = 10;

/**
 * Undefined where help was asked for.
 * @throws {UsageError} naming the flag, what it got and what it takes
 */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const mode = modeOf(positionals);
  const facts = MODE_FACTS[mode];
  for (const flag of SOME_MODES) {
    if (values[flag] !== undefined && !facts.takes.includes(flag)) refuse(mode, flag);
  }
  const { duration, rate, producers, consumers, payload = '200', store = 'memory', json, html } = values;
  const options: BenchOptions = {
    mode,
    durationMs: duration === undefined ? facts.durationMs : durationOf('--duration', duration),
    rate: rate === undefined ? facts.rate : number('--rate', rate, 0.1, 1_000_000, 'messages a second'),
    producers: producers === undefined ? facts.producers : whole('--producers', producers, 1, 1_000),
    consumers: consumers === undefined ? facts.consumers : whole('--consumers', consumers, 1, 1_000),
    payloadBytes: whole('--payload', payload, 32, 1_000_000, 'bytes'),
    store: storeOf(store),
    targetMs: number('--target-ms', values['target-ms'] ?? '50', 0.01, 60_000, 'ms'),
    json: file('--json', json),
    html: file('--html', html),
  };
  if (facts.takes.includes('rate')) checkAmount(options);
  return options;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: true });
  } catch (cause) {
    // Node's own sentences go on about how to pass what begins with a dash.
    const [sentence] = toError(cause).message.split(/[.\n]/);
    throw new UsageError(`${sentence}; sluice bench --help lists the options`, { cause });
  }
}

function modeOf([mode = 'quick', ...more]: readonly string[]): Mode {
  if (!MODES.some((known) => known === mode)) throw new UsageError(`mode is '${mode}': it takes ${MODES.join(', ')}`);
  if (more.length > 0) throw new UsageError(`one mode at a time: '${more.join(' ')}' is left over behind '${mode}'`);
  return mode as Mode;
}

function refuse(mode: Mode, flag: SomeModesFlag): never {
  const modes = MODES.filter((other) => MODE_FACTS[other].takes.includes(flag));
  throw new UsageError(`--${flag} says nothing to ${mode}: it is for ${modes.join(', ')}`);
}

function number(flag: string, text: string, from: number, to: number, unit = ''): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= from && value <= to) return value;
  throw new UsageError(`${flag} is '${text}': it takes a number ${unit && `of ${unit} `}from ${from} to ${count(to)}`);
}

function whole(flag: string, text: string, from: number, to: number, unit = ''): number {
  if (/^\d+$/.test(text) && Number(text) >= from && Number(text) <= to) return Number(text);
  const takes = `it takes a whole number ${unit && `of ${unit} `}from ${from} to ${count(to)}`;
  throw new UsageError(`${flag} is '${text}': ${takes}`);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Does not repeat what may hold a password. */
function storeOf(text: string): string {
  if (isStore(text)) return text;
  throw new UsageError(
    '--store takes memory, or a URL such as redis://localhost:6379, rediss://…, unix:/path or redis+cluster://…',
  );
}

function file(flag: string, path: string | undefined): string | undefined {
  if (path === '') throw new UsageError(`${flag} is '': it takes the path of a file`);
  return path;
}

function checkAmount({ rate, durationMs, producers }: BenchOptions): void {
  const messages = Math.floor((rate * durationMs) / 1_000);
  if (messages < FEWEST) {
    throw new UsageError(
      `--rate ${rate} for --duration ${durationMs / 1_000}s are ${messages} messages: at least ${FEWEST} are needed to measure`,
    );
  }
  if (producers > messages) {
    throw new UsageError(`--producers is ${producers}: with ${messages} messages in all, some would never send`);
  }
}
