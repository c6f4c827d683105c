import { isDeepStrictEqual } from 'node:util';
import { merge, type Observable, type SchedulerLike } from 'rxjs';
import type { Cache } from '../cache/cache.ts';
import type { CacheMetrics } from '../cache/cacheMetrics.ts';
import { type CacheOptions, type WholeCacheOptions, wholeCacheOptions } from '../cache/cacheOptions.ts';
import { TwoLevelCache } from '../cache/twoLevelCache.ts';
import type { CacheStore } from '../core/cacheStore.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Notify } from '../core/notice.ts';

export interface BusCachesOptions {
  readonly store: CacheStore;
  readonly notify: Notify;
  readonly scheduler: SchedulerLike;
}

/** The caches of a bus, by their names. */
export class BusCaches {
  private readonly byName = new Map<string, { readonly options: WholeCacheOptions; readonly cache: TwoLevelCache }>();

  constructor(private readonly shared: BusCachesOptions) {}

  /** @throws {InvalidOptionError} if an option makes no sense, or the cache is there with others */
  get(options: CacheOptions): Cache {
    const whole = wholeCacheOptions(options);
    const { name } = whole;
    const known = this.byName.get(name);
    if (known && !isDeepStrictEqual(known.options, whole)) {
      throw new InvalidOptionError('name', name, 'a name that no cache of this bus has with other options');
    }
    const { cache } = known ?? { cache: new TwoLevelCache({ ...this.shared, options: whole }) };
    this.byName.set(name, { options: whole, cache });
    return cache;
  }

  metrics(): Readonly<Record<string, CacheMetrics>> {
    return Object.fromEntries([...this.byName].map(([name, { cache }]) => [name, cache.metrics()]));
  }

  /** Ends what they fetch; completes once the store knows. */
  close(): Observable<never> {
    return merge(...[...this.byName.values()].map(({ cache }) => cache.close()));
  }
}
