import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { checkOptions, type OptionNames } from '../core/checkOptions.ts';
import type { Notify } from '../core/notice.ts';
import { emitNotice } from '../telemetry/emitNotice.ts';
import type { Cache } from './cache.ts';
import { type CacheOptions, wholeCacheOptions } from './cacheOptions.ts';
import { TwoLevelCache } from './twoLevelCache.ts';

export interface ProcessCacheOptions
  extends Pick<CacheOptions, 'name' | 'maxBytes' | 'maxEntries' | 'maxEntryBytes' | 'waitMs'> {
  /** Takes notices. @default warnings of the process */
  readonly notify?: Notify;
  /** Whose time it is. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

const OPTION_NAMES: OptionNames<ProcessCacheOptions> = {
  name: true,
  maxBytes: true,
  maxEntries: true,
  maxEntryBytes: true,
  waitMs: true,
  notify: true,
  scheduler: true,
};

/**
 * A cache of this process alone, without a bus: the first level of `bus.cache`, with everything else as there.
 *
 * @throws {InvalidOptionError} if an option can't be used
 */
export function processCache(options: ProcessCacheOptions): Cache {
  checkOptions('options', options, OPTION_NAMES);
  const { notify = emitNotice, scheduler = asyncScheduler, ...rest } = options;
  return new TwoLevelCache({ options: wholeCacheOptions(rest), notify, scheduler });
}
