import type { Observable, SchedulerLike } from 'rxjs';
import { checkOptions, type OptionNames } from '../../core/checkOptions.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import type { BackoffOptions } from '../../internal/backoff.ts';
import { LONGEST_MS } from '../../internal/longestMs.ts';

/** A rate limit that several clients share: `tokenBucket(…)`, or `bus.rateLimit(…)` for all processes on a store. */
export interface RequestLimit {
  /** Takes a token, if there is one. */
  take(): boolean;
  /** Emits once, when it is worth trying to take again, and completes. */
  ready(want: number): Observable<void>;
}

export interface CircuitOptions {
  /** After how many failures in a row nothing is sent for a while. @default 20 */
  readonly failures?: number;
  /** For how long, in ms; then one request tries. @default 30_000 */
  readonly restMs?: number;
}

/** What every client of an API over HTTP takes. */
export interface HttpOptions {
  /** In place of the global one: a proxy's, a test's. @default fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Held beside what the server's own headers say. @default none */
  readonly limit?: RequestLimit;
  /** How often a request is sent, at most. @default 5 */
  readonly attempts?: number;
  /** The waits between attempts. @default from 500 ms, doubling, at most 30_000 ms */
  readonly backoff?: BackoffOptions;
  /** The longest wait that a server may ask for; beyond it the call fails at once. In ms. @default 300_000 */
  readonly maxWaitMs?: number;
  /** How long connecting and the answer's headers may take, in ms; `fetch` itself allows 10 s of it for connecting. @default 30_000 */
  readonly responseMs?: number;
  /** How long the body may pause, in ms. @default 30_000 */
  readonly idleMs?: number;
  /**
   * How long one attempt may wait altogether, in ms: what ends a server that sends a byte now and then. Of a download, for
   * each MiB. @default 300_000
   */
  readonly totalMs?: number;
  /** The largest body, decompressed. @default 67_108_864 (64 MiB) */
  readonly maxBodyBytes?: number;
  /** @default 5 */
  readonly maxRedirects?: number;
  readonly circuit?: CircuitOptions;
  /** Whose time waits and timeouts go by. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

export const HTTP_DEFAULTS = {
  responseMs: 30_000,
  idleMs: 30_000,
  totalMs: 300_000,
  maxBodyBytes: 67_108_864,
  maxRedirects: 5,
};

/** For those that take more than these. */
export const HTTP_OPTION_NAMES: OptionNames<HttpOptions> = {
  fetch: true,
  limit: true,
  attempts: true,
  backoff: true,
  maxWaitMs: true,
  responseMs: true,
  idleMs: true,
  totalMs: true,
  maxBodyBytes: true,
  maxRedirects: true,
  circuit: true,
  scheduler: true,
};

const BACKOFF_NAMES: OptionNames<BackoffOptions> = { initialMs: true, maxMs: true, factor: true, jitter: true };
const CIRCUIT_NAMES: OptionNames<CircuitOptions> = { failures: true, restMs: true };

const COUNTS = ['attempts', 'maxBodyBytes'] as const;
const TIMES = ['responseMs', 'idleMs', 'totalMs'] as const;

/** @throws {InvalidOptionError} naming the option that is out of its bounds */
export function checkHttpOptions(options: HttpOptions): void {
  const { backoff, circuit, limit } = options;
  if (backoff !== undefined) checkOptions('backoff', backoff, BACKOFF_NAMES);
  if (circuit !== undefined) checkOptions('circuit', circuit, CIRCUIT_NAMES);
  if (limit !== undefined && (typeof limit?.take !== 'function' || typeof limit.ready !== 'function')) {
    throw new InvalidOptionError('limit', limit, 'what bus.rateLimit(name, { rate }) or tokenBucket({ rate }) gives');
  }
  for (const name of COUNTS) check(name, options[name], 1, Number.MAX_SAFE_INTEGER, 'a whole number from 1');
  check('maxRedirects', options.maxRedirects, 0, 20, 'a whole number from 0 to 20');
  check('circuit.failures', circuit?.failures, 1, Number.MAX_SAFE_INTEGER, 'a whole number from 1');
  for (const name of TIMES) check(name, options[name], 1, LONGEST_MS, `whole ms from 1 to ${LONGEST_MS}`);
  check('circuit.restMs', circuit?.restMs, 1, LONGEST_MS, `whole ms from 1 to ${LONGEST_MS}`);
  const { maxWaitMs, fetch } = options;
  if (maxWaitMs !== undefined && !(maxWaitMs >= 0)) throw new InvalidOptionError('maxWaitMs', maxWaitMs, 'ms from 0');
  if (fetch !== undefined && typeof fetch !== 'function') throw new InvalidOptionError('fetch', fetch, 'a function');
}

function check(name: string, value: number | undefined, least: number, most: number, takes: string): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return;
  throw new InvalidOptionError(name, value, takes);
}
