import { checkOptions, type OptionNames } from '../../core/checkOptions.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import type { SeriesError } from './dbnomicsErrors.ts';
import type { Filter } from './filter.ts';

/** Which series: by their ids, or of one dataset. */
export type SeriesSelection =
  | {
      /** `provider/dataset/series`; a dataset may be `WEO:latest`. */
      readonly ids: readonly string[];
      readonly provider?: never;
      readonly dataset?: never;
    }
  | DatasetSelection;

/** Series of one dataset. */
export interface DatasetSelection {
  readonly ids?: never;
  readonly provider: string;
  readonly dataset: string;
  /** A code, or a mask: `M..` for any value, `FR+DE` for either. */
  readonly mask?: string;
  /** Codes by dimension: `{ geo: ['fr', 'de'] }`; case matters. A name that does not exist finds nothing. */
  readonly dimensions?: Readonly<Record<string, readonly string[]>>;
  /** Words to look for among the dataset's series. */
  readonly q?: string;
}

/** How far a walk is. */
export interface SeriesProgress {
  /** Series read so far, of this walk. */
  readonly done: number;
  /** How many there are, as the API last said: of the current portion, when asked by ids. */
  readonly found: number;
  /** Pass it as `offset` to go on from here. */
  readonly offset: number;
}

export type SeriesQuery = SeriesSelection & {
  /** With their observations. @default false */
  readonly observations?: boolean;
  /** Series a page, 1 to 1,000. @default 1_000; 100 with observations */
  readonly pageSize?: number;
  /** Where to begin, in series (of `ids`, in ids): what an earlier walk's progress said. @default 0 */
  readonly offset?: number;
  /** The first day of observations, `YYYY-MM-DD`; filtered here, the API can't. @default all */
  readonly from?: string;
  /** The last day that a period may start on, `YYYY-MM-DD`. @default all */
  readonly to?: string;
  /** Gives all series of a page the same periods. @default false */
  readonly alignPeriods?: boolean;
  /** Applied by DBnomics' editor, in this order. @default none */
  readonly filters?: readonly Filter[];
  /** Takes what could not be had of the series that were asked for; throwing ends the walk. @default a warning for each */
  readonly onSeriesError?: (error: SeriesError) => void;
  readonly onProgress?: (progress: SeriesProgress) => void;
};

const SELECTION_NAMES: OptionNames<SeriesSelection> = {
  ids: true,
  provider: true,
  dataset: true,
  mask: true,
  dimensions: true,
  q: true,
};

const QUERY_NAMES: OptionNames<SeriesQuery> = {
  ...SELECTION_NAMES,
  observations: true,
  pageSize: true,
  offset: true,
  from: true,
  to: true,
  alignPeriods: true,
  filters: true,
  onSeriesError: true,
  onProgress: true,
};

const ID = /^[^/,\s]+\/[^/,\s]+\/[^,\s]+$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @throws {InvalidOptionError} naming what can't be used */
export function checkQuery(query: SeriesQuery): void {
  checkOptions('the query', query, QUERY_NAMES);
  const { ids, pageSize, offset, from, to } = query;
  if (ids === undefined) {
    checkDataset(query);
  } else {
    if (query.provider !== undefined || query.dataset !== undefined) {
      throw new InvalidOptionError('ids', ids, 'no provider and no dataset beside it: each id names its own');
    }
    if (!Array.isArray(ids)) throw new InvalidOptionError('ids', ids, 'an array of provider/dataset/series');
    for (const id of ids) if (!ID.test(id)) throw new InvalidOptionError('ids', id, 'provider/dataset/series each');
  }
  checkPageSize(pageSize, 1_000);
  if (offset !== undefined && !(Number.isSafeInteger(offset) && offset >= 0)) {
    throw new InvalidOptionError('offset', offset, 'a whole number from 0');
  }
  for (const [name, day] of Object.entries({ from, to })) {
    if (day !== undefined && !DAY.test(day)) throw new InvalidOptionError(name, day, 'a day, YYYY-MM-DD');
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw new InvalidOptionError('from', from, `a day that is not after \`to\`, ${to}`);
  }
}

function checkDataset({ provider, dataset, dimensions = {} }: DatasetSelection): void {
  if (provider === undefined) {
    throw new InvalidOptionError(
      'provider',
      provider,
      'a code, and a dataset beside it; or give ids: [provider/dataset/series]',
    );
  }
  checkCode('provider', provider);
  checkCode('dataset', dataset);
  if (typeof dimensions !== 'object' || !Object.values(dimensions).every(Array.isArray)) {
    throw new InvalidOptionError('dimensions', dimensions, "an array of codes by dimension: { geo: ['fr', 'de'] }");
  }
}

/** @throws {InvalidOptionError} unless the API takes it */
export function checkPageSize(pageSize: number | undefined, most: number): void {
  if (pageSize === undefined || (Number.isSafeInteger(pageSize) && pageSize >= 1 && pageSize <= most)) return;
  throw new InvalidOptionError('pageSize', pageSize, `a whole number from 1 to ${most}`);
}

/** @throws {InvalidOptionError} unless there is something to look for */
export function checkWords(q: unknown): void {
  if (typeof q !== 'string' || q.trim() === '') throw new InvalidOptionError('q', q, 'words to look for');
}

/** @throws {InvalidOptionError} unless it can be part of a path */
export function checkCode(name: string, code: unknown): string {
  if (typeof code === 'string' && /^(?!\.{1,2}$)[^/\s]+$/.test(code)) return code;
  throw new InvalidOptionError(name, code, 'a code without slashes or white space, neither . nor ..');
}
