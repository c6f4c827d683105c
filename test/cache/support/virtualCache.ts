import {
  asyncScheduler,
  concat,
  defer,
  delay,
  EMPTY,
  ignoreElements,
  NEVER,
  Observable,
  of,
  throwError,
  timer,
} from 'rxjs';
import { memoryStore } from '../../../src/adapters/memory/index.ts';
import { type CacheOptions, wholeCacheOptions } from '../../../src/cache/cacheOptions.ts';
import type { CachePolicy } from '../../../src/cache/cachePolicy.ts';
import { TwoLevelCache } from '../../../src/cache/twoLevelCache.ts';
import type { CacheStore } from '../../../src/core/cacheStore.ts';
import type { Notice } from '../../../src/core/notice.ts';
import { VirtualTime } from '../../support/virtualTime.ts';

/** How a store is to be reached from one process. */
export interface Line {
  /** How long each call takes, in ms. */
  tripMs: number;
  /** `cut`: nothing comes back. `down`: every call fails. */
  state: 'up' | 'cut' | 'down';
  /** How far the clock of the process is ahead: more all at once is as if it had stood still. */
  aheadMs: number;
  /** The calls that were made. */
  readonly calls: string[];
}

/** One process: its cache, and its line to the store. */
export interface Process {
  readonly cache: TwoLevelCache;
  readonly line: Line;
  /** What its caches had to tell, by code. */
  readonly notices: Notice[];
}

export interface VirtualCache {
  /** What happened, each with the time: `12 one: a miss 0`. */
  readonly log: string[];
  at(ms: number, run: () => void): void;
  /** What is behind all lines. */
  readonly store: CacheStore;
  /** Another process on the same store. */
  process(options?: Partial<CacheOptions>, line?: Partial<Line>): Process;
  /** Asks for `k`, or another key, and logs what comes. */
  ask(
    name: string,
    process: Process,
    source: Observable<unknown>,
    policy?: Partial<CachePolicy>,
    key?: string,
  ): () => void;
  /** A source that takes a time to bring its values, and logs when it is subscribed to and left. */
  upstream(name: string, takesMs: number, ...values: readonly unknown[]): Observable<unknown>;
  /** The same, that fails. */
  failing(name: string, takesMs: number, error: Error): Observable<unknown>;
}

/** Runs a test in virtual time; it looks at the log when that is over. */
export function virtualCache(test: (world: VirtualCache) => void): readonly string[] {
  const scheduler = new VirtualTime();
  const log: string[] = [];
  scheduler.run(() => {
    const tell = (text: string) => void log.push(`${scheduler.now()} ${text}`);
    const { cache: store } = memoryStore();
    const source = (name: string, takesMs: number, end: Observable<unknown>) =>
      new Observable((subscriber) => {
        tell(`${name} called`);
        let over = false;
        subscriber.add(() => {
          if (!over) tell(`${name} left`);
        });
        const ended = new Observable<never>((inner) => {
          over = true;
          inner.complete();
        });
        const begun = takesMs === 0 ? EMPTY : timer(takesMs).pipe(ignoreElements());
        subscriber.add(concat(begun, ended, end).subscribe(subscriber));
      });
    test({
      log,
      store,
      at: (ms, run) => void scheduler.schedule(run, ms),
      process: (options, line) => processOn(store, options, line),
      ask: (name, { cache }, made, policy = {}, key = 'k') => {
        const asked = cache
          .get(key, () => made, { ttlMs: 100, ...policy })
          .subscribe({
            next: ({ value, state, ageMs, error }) =>
              tell(`${name}: ${value} ${state} ${ageMs}${error ? ` (${error.message})` : ''}`),
            error: (error: Error) => tell(`${name}: ${error.name} ${error.message}`),
          });
        return () => asked.unsubscribe();
      },
      upstream: (name, takesMs, ...values) => source(name, takesMs, of(...values)),
      failing: (name, takesMs, error) =>
        source(
          name,
          takesMs,
          throwError(() => error),
        ),
    });
  });
  return log;
}

function processOn(store: CacheStore, options: Partial<CacheOptions> = {}, given: Partial<Line> = {}): Process {
  const line: Line = { tripMs: 0, state: 'up', aheadMs: 0, calls: [], ...given };
  const notices: Notice[] = [];
  const cache = new TwoLevelCache({
    options: wholeCacheOptions({ name: 'c', ...options }),
    store: lined(store, line),
    notify: (notice) => void notices.push(notice),
    scheduler: {
      now: () => asyncScheduler.now() + line.aheadMs,
      schedule: asyncScheduler.schedule.bind(asyncScheduler),
    },
  });
  return { cache, line, notices };
}

/** The store as it is reached over a line. */
function lined(store: CacheStore, line: Line): CacheStore {
  const over = <T>(name: string, call: Observable<T>): Observable<T> =>
    defer(() => {
      line.calls.push(name);
      if (line.state === 'cut') return NEVER;
      const answer = line.state === 'down' ? throwError(() => new Error('the store is down')) : call;
      if (line.tripMs === 0) return answer;
      return new Observable<T>((subscriber) => {
        // Half of the trip there, half back: what was sent is done.
        timer(line.tripMs / 2).subscribe(() => answer.pipe(delay(line.tripMs / 2)).subscribe(subscriber));
      });
    });
  return {
    ask: (place, request) => over('ask', store.ask(place, request)),
    renew: (place, token, leaseMs) => over('renew', store.renew(place, token, leaseMs)),
    land: (place, token, landed) => over('land', store.land(place, token, landed)),
    drop: (place, token) => over('drop', store.drop(place, token)),
    remove: (place) => over('remove', store.remove(place)),
    clear: (cache) => over('clear', store.clear(cache)),
  };
}
