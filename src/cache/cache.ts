import type { Observable } from 'rxjs';
import type { CacheMetrics } from './cacheMetrics.ts';
import type { CachePolicy } from './cachePolicy.ts';

/**
 * A cache of two levels: this process's memory, bounded, and behind it the store, which every process shares.
 *
 * A key stands for a request: two that may get different answers need different keys, equal ones the same in every
 * process. What is kept is the list of a source's values, as JSON makes them (a BigInt within 2^53 as a number); they are
 * frozen, since all who ask are handed the same.
 */
export interface Cache {
  readonly name: string;

  /**
   * What is kept of a key, or what the source brings, marked with where it comes from. On a hit the source is not made.
   *
   *     source:   --a|
   *     1st get:  --(a|)       miss
   *     2nd get:  (a|)         hit: within ttlMs
   *     3rd get:  (a|)         stale: within staleMs behind that; the source is fetched in the background
   *
   * **One flight.** Of equal requests, in this process and all others on the store, one subscribes to its source; the others
   * wait for what that brings. A process that dies meanwhile is taken over from within `leaseMs` and a quarter of a second.
   * One that unsubscribes leaves the flight to the others; the last one ends it, and others elsewhere take over. What is
   * fetched in the background, where nobody could leave it, is given up after `waitMs` unless somebody waits for it by then.
   *
   * Values are handed on together, once the source has completed; so it must complete. Order: kept. Memory: at most
   * `maxEntryBytes` of JSON a flight; a source with more, or with what JSON has no form for, passes through uncached, and a
   * notice says so. Errors: those of the source, to all who wait in this process; others try for themselves, one after the
   * other. Within `staleIfErrorMs` what was kept before is emitted in place of an error. `StoreClosedError` when the bus
   * is closed.
   *
   * @throws {InvalidOptionError} if the key is no text, or an option can't be used
   */
  get<T>(key: string, source: () => Observable<T>, policy: CachePolicy): Observable<Cached<T>>;

  /**
   * Removes a key, and ends the flight that fetches it: what that brings is not kept. Once this resolves, no process that
   * reaches the store hands it out for longer than `localMs`; this one does not at all. Rejects with `StoreError`: then it is
   * gone from this process alone.
   */
  remove(key: string): Promise<void>;

  /** Removes every key, as `remove` does. Not in one step: what is asked meanwhile may be from before. */
  clear(): Promise<void>;

  /** What this process has counted since the cache was made. */
  metrics(): CacheMetrics;
}

/** A value of a cache, and where it comes from. */
export interface Cached<T> {
  readonly value: T;
  /**
   * `miss`: fetched for this request, or for one that it waited with. `hit`: kept, and fresh. `stale`: kept, and older than
   * `ttlMs`. `bypass`: fetched, and not kept, since it is too large or no JSON.
   */
  readonly state: 'hit' | 'stale' | 'miss' | 'bypass';
  /** How long ago it was fetched, in ms. */
  readonly ageMs: number;
  /** Why it was not fetched anew, for what is stale because the source failed. */
  readonly error?: Error;
}
