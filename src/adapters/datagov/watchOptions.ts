import { checkOptions, type OptionNames } from '../../core/checkOptions.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import { LONGEST_MS } from '../../internal/longestMs.ts';
import type { WatchState } from '../paging/index.ts';
import { type CatalogFilter, checkBetween, checkFilter, FILTER_NAMES } from './searchQuery.ts';

export interface WatchCatalogOptions extends CatalogFilter {
  /** How often to look, in ms. */
  readonly everyMs: number;
  /** Where it is kept how far the watch is: `fileWatchState(folder)`, or anything with get and set. */
  readonly state: WatchState;
  /** From which harvest on, when there is no state yet. @default now */
  readonly since?: Date;
  /** How late a dataset may come into the index after its harvest, in ms: so far back each look goes. @default 3_600_000 */
  readonly overlapMs?: number;
  /** How many are remembered of those that were given out; a look goes back no further than they reach. @default 10_000 */
  readonly remember?: number;
  /** Datasets a page, 1 to 1,000. @default 100 */
  readonly pageSize?: number;
  /** Takes what made a look fail; the next one goes on where it failed. @default a warning */
  readonly onLookFailed?: (error: Error) => void;
}

const FILTERS = [
  'area',
  'collection',
  'hasDownload',
  'keywords',
  'orgSlug',
  'orgTypes',
  'publisher',
  'q',
  'spatialFilter',
] as const satisfies readonly (keyof CatalogFilter)[];

/** What of the options says which datasets, always in the same order. */
export function filterOf(options: CatalogFilter): CatalogFilter {
  return Object.fromEntries(
    FILTERS.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  ) as CatalogFilter;
}

const OPTION_NAMES: OptionNames<WatchCatalogOptions> = {
  ...FILTER_NAMES,
  everyMs: true,
  state: true,
  since: true,
  overlapMs: true,
  remember: true,
  pageSize: true,
  onLookFailed: true,
};

/** @throws {InvalidOptionError} if a watch can't go by it */
export function checkWatch(options: WatchCatalogOptions): void {
  checkOptions('options', options, OPTION_NAMES);
  const { everyMs, state, since, overlapMs, remember, pageSize } = options;
  checkFilter(options);
  checkBetween('everyMs', everyMs ?? 0, 1, LONGEST_MS);
  checkBetween('overlapMs', overlapMs, 0, Number.MAX_SAFE_INTEGER);
  checkBetween('remember', remember, 1, 1_000_000);
  checkBetween('pageSize', pageSize, 1, 1_000);
  if (since !== undefined && !(since instanceof Date && !Number.isNaN(since.getTime()))) {
    throw new InvalidOptionError('since', since, 'a Date');
  }
  if (typeof state?.get !== 'function' || typeof state.set !== 'function') {
    throw new InvalidOptionError('state', state, 'an object with get and set, such as fileWatchState(folder)');
  }
}
