import { defer, map, type Observable, type OperatorFunction, tap } from 'rxjs';
import { checkOptions, type OptionNames } from '../core/checkOptions.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { described } from '../internal/graph.ts';
import type { Cache, Cached } from './cache.ts';
import { type CachePolicy, POLICY_NAMES, wholePolicy } from './cachePolicy.ts';

export interface CachedOptions<T> extends CachePolicy {
  /** Where: `bus.cache({ name })`, or `processCache({ name })`. */
  readonly cache: Cache;
  /** What the request is; a function is called at each subscription. */
  readonly key: string | (() => string);
  /** Is told of each value where it comes from, before it is handed on. What it throws errors the subscriber. */
  readonly told?: (cached: Cached<T>) => void;
}

const OPTION_NAMES: OptionNames<CachedOptions<unknown>> = { ...POLICY_NAMES, cache: true, key: true, told: true };

/**
 * Hands on what is kept of a key, and subscribes to the source only if there is nothing fresh: `Cache.get` as an operator,
 * for any Observable that completes.
 *
 *     source:                     --a|
 *     cached(), 1st subscription: --(a|)
 *     cached(), 2nd subscription: (a|)      the source is not subscribed to
 *
 * Order, memory and errors: as `Cache.get`. Settlement: none, it is about plain values; what deliveries are made of goes
 * inside a handler.
 *
 * @example
 * const cache = bus.cache({ name: 'providers' });
 * const ecb = dbnomics().provider('ECB').pipe(cached({ cache, key: 'ECB', ttlMs: 3_600_000 }));
 *
 * @throws {InvalidOptionError} if `cache` is none, the key no text and no function, or a time makes no sense
 */
export function cached<T>(options: CachedOptions<T>): OperatorFunction<T, T> {
  checkOptions('options', options, OPTION_NAMES);
  const { cache, key, told, ...policy } = options;
  if (typeof cache?.get !== 'function') throw new InvalidOptionError('cache', cache, 'what `bus.cache(…)` gives');
  if (typeof key !== 'string' && typeof key !== 'function') {
    throw new InvalidOptionError('key', key, 'a text, or a function that gives one');
  }
  if (told !== undefined && typeof told !== 'function') throw new InvalidOptionError('told', told, 'a function');
  const whole = wholePolicy(policy);
  const keyNow = typeof key === 'function' ? key : () => key;
  return described(
    { kind: 'operator', name: 'cached', attributes: { cache: cache.name, ttlMs: whole.ttlMs } },
    (source) =>
      defer(() =>
        values(
          cache.get(keyNow(), () => source, whole),
          told,
        ),
      ),
  );
}

function values<T>(all: Observable<Cached<T>>, told?: (cached: Cached<T>) => void): Observable<T> {
  const heard = told ? all.pipe(tap(told)) : all;
  return heard.pipe(map(({ value }) => value));
}
