import { checkOptions, type OptionNames } from '../core/checkOptions.ts';
import { checkPlainName } from '../core/checkPlainName.ts';
import { InvalidOptionError } from '../core/errors.ts';

export interface CacheOptions {
  /** Its name: whoever uses the same on the same store shares what is kept. 1 to 128 characters without white space, colon or braces. */
  readonly name: string;
  /** The most JSON and keys in this process's memory, in bytes; as objects it takes a few times that. @default 33_554_432 */
  readonly maxBytes?: number;
  /** The most entries in this process's memory. @default 10_000 */
  readonly maxEntries?: number;
  /** The largest entry, as JSON, in bytes: what is larger passes through uncached. @default 1_048_576 */
  readonly maxEntryBytes?: number;
  /**
   * For how long this process trusts its own memory before it asks the store whether an entry is still the one, in ms: so
   * long another's `remove` may take to reach it. @default 1_000
   */
  readonly localMs?: number;
  /** How long after its last sign of life another process takes over a flight, in ms, from 100. @default 5_000 */
  readonly leaseMs?: number;
  /**
   * How long to wait for the flight of another process before the source is asked here too, and for a source in the
   * background that nobody waits for, in ms: longer than sources take. @default 30_000
   */
  readonly waitMs?: number;
}

const OPTION_NAMES: OptionNames<CacheOptions> = {
  name: true,
  maxBytes: true,
  maxEntries: true,
  maxEntryBytes: true,
  localMs: true,
  leaseMs: true,
  waitMs: true,
};

/** Options with nothing left out. */
export type WholeCacheOptions = Required<CacheOptions>;

/** @throws {InvalidOptionError} if an option can't be used */
export function wholeCacheOptions(options: CacheOptions): WholeCacheOptions {
  checkOptions('options', options, OPTION_NAMES);
  const { name, maxBytes = 33_554_432, maxEntries = 10_000, maxEntryBytes = 1_048_576 } = options;
  const { localMs = 1_000, leaseMs = 5_000, waitMs = 30_000 } = options;
  checkPlainName('name', name);
  check({ maxBytes, maxEntries, maxEntryBytes }, 1, Number.MAX_SAFE_INTEGER);
  check({ localMs, waitMs }, 1, LONGEST_MS);
  check({ leaseMs }, 100, LONGEST_MS);
  return { name, maxBytes, maxEntries, maxEntryBytes, localMs, leaseMs, waitMs };
}

/** A day. */
const LONGEST_MS = 86_400_000;

function check(options: Readonly<Record<string, unknown>>, from: number, to: number): void {
  for (const [option, value] of Object.entries(options)) {
    if (Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to) continue;
    throw new InvalidOptionError(option, value, `a whole number from ${from} to ${to}`);
  }
}
