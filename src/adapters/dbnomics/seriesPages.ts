import { concatMap, defer, map, type Observable, of } from 'rxjs';
import { toError } from '../../core/errors.ts';
import type { Page } from '../paging/index.ts';
import { datasetAddress } from './datasetAddress.ts';
import type { DbnomicsApi } from './dbnomicsApi.ts';
import { DbnomicsShapeError, SeriesError } from './dbnomicsErrors.ts';
import { filtered } from './filter.ts';
import { countOf, type Fields, fieldsOf, isFields, listOf, textOrNothing } from './reading.ts';
import type { Series } from './series.ts';
import { seriesOf, type Within } from './seriesOf.ts';
import type { SeriesQuery } from './seriesQuery.ts';

/** The most ids, and letters of ids, in one address. */
const IDS_AT_ONCE = 100;
const LETTERS_AT_ONCE = 4_000;

/** What is asked with one address, page by page. */
interface Portion {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly providers: ReadonlySet<string>;
  /** Ids before it, to tell how far the walk is. Undefined when it was not asked by ids. */
  readonly before: number | undefined;
  /** How many ids. */
  readonly size: number;
}

/**
 * Walks `/series`: portions of ids one after the other, each page by page.
 *
 * A dataset can change meanwhile. What a page repeats of the one before is left out; when there are fewer series than
 * before, what slid over the page's edge is asked for again.
 */
export class SeriesPages {
  private readonly portions: readonly Portion[];
  private readonly limit: number;
  private seen: ReadonlySet<string> = new Set();
  private done = 0;

  constructor(
    private readonly api: DbnomicsApi,
    private readonly query: SeriesQuery,
  ) {
    this.limit = query.pageSize ?? (query.observations ? 100 : 1_000);
    this.portions = portionsOf(query);
  }

  first(): Observable<Page<Series>> {
    const [portion] = this.portions;
    if (!portion) return of({ items: [], next: undefined });
    return this.page(0, portion.before === undefined ? (this.query.offset ?? 0) : 0, undefined);
  }

  private page(index: number, offset: number, foundBefore: number | undefined): Observable<Page<Series>> {
    const portion = this.portions[index] as Portion;
    const { observations = false, alignPeriods = false, from, to, filters = [] } = this.query;
    const query = {
      ...portion.query,
      observations: Number(observations),
      metadata: 0,
      limit: this.limit,
      offset,
      ...(alignPeriods && { align_periods: 1 }),
    };
    return this.api.get(portion.path, query, portion.providers).pipe(
      concatMap((body) => {
        const listing = fieldsOf(body['series'], 'series');
        const docs = listOf(listing['docs'], 'series.docs');
        const found = countOf(listing['num_found'], 'series.num_found');
        const vanished = (foundBefore ?? found) - found;
        if (vanished > 0 && offset > 0) return this.page(index, Math.max(0, offset - vanished), found);
        if (offset === 0) this.reportErrors(body);
        // Filters need what lies before and after: the days are picked from what they give.
        const all = docs.flatMap((doc) => this.readable(doc, filters.length > 0 ? {} : within(from, to)));
        const fresh = this.unseen(all);
        return filtered(this.api, fresh, filters).pipe(
          map((series) => (filters.length > 0 ? series.map((one) => cut(one, from, to)) : series)),
          map((items) => this.pageOf(items, { index, offset, got: docs.length, found })),
        );
      }),
    );
  }

  private pageOf(
    items: readonly Series[],
    { index, offset, got, found }: { index: number; offset: number; got: number; found: number },
  ): Page<Series> {
    const end = offset + got;
    if (got === 0 && offset < found) {
      throw new DbnomicsShapeError(`page at ${offset} is empty, though ${found} series are said to be there`);
    }
    const portion = this.portions[index] as Portion;
    const over = end >= found;
    this.done += items.length;
    for (const { providerCode, indexedAt } of items) this.api.health.saw(providerCode, indexedAt);
    // Of ids, only whole portions count: a page may lack those that are not there.
    const reached = portion.before === undefined ? end : portion.before + (over ? portion.size : 0);
    this.query.onProgress?.({ done: this.done, found, offset: reached });
    return { items, next: over ? this.nextPortion(index) : () => defer(() => this.page(index, end, found)) };
  }

  private nextPortion(index: number): (() => Observable<Page<Series>>) | undefined {
    if (index + 1 >= this.portions.length) return undefined;
    return () =>
      defer(() => {
        this.seen = new Set();
        return this.page(index + 1, 0, undefined);
      });
  }

  /** A series that can't be read is reported; the others are given out. */
  private readable(doc: unknown, days: Within): readonly Series[] {
    try {
      return [seriesOf(doc, days)];
    } catch (cause) {
      const fields = isFields(doc) ? doc : {};
      const { onSeriesError = warn } = this.query;
      onSeriesError(seriesError({ ...fields, message: toError(cause).message }));
      return [];
    }
  }

  /** Remembers one page: what is repeated by a shift is at its edge. */
  private unseen(all: readonly Series[]): readonly Series[] {
    const fresh = all.filter(({ id }) => !this.seen.has(id));
    this.seen = new Set(all.map(({ id }) => id));
    return fresh;
  }

  private reportErrors(body: Fields): void {
    const { onSeriesError = warn } = this.query;
    if (!Array.isArray(body['errors'])) return;
    for (const fault of body['errors']) onSeriesError(seriesError(fault));
  }
}

function seriesError(fault: unknown): SeriesError {
  if (!isFields(fault)) return new SeriesError(String(fault), undefined, undefined, undefined);
  return new SeriesError(
    textOrNothing(fault['message']) ?? 'a series could not be had',
    textOrNothing(fault['provider_code']),
    textOrNothing(fault['dataset_code']),
    textOrNothing(fault['series_code']),
  );
}

function warn(error: SeriesError): void {
  process.emitWarning(error.message, { type: 'SluiceWarning', code: 'SLUICE_DBNOMICS_SERIES' });
}

function portionsOf(query: SeriesQuery): readonly Portion[] {
  if (query.ids) return portionsOfIds(query.ids, query.offset ?? 0);
  return [{ ...datasetAddress(query), providers: new Set([query.provider]), before: undefined, size: 0 }];
}

function portionsOfIds(ids: readonly string[], offset: number): readonly Portion[] {
  const portions: Portion[] = [];
  for (let at = offset; at < ids.length; ) {
    const some: string[] = [];
    for (let letters = 0; at + some.length < ids.length && some.length < IDS_AT_ONCE; ) {
      const id = ids[at + some.length] as string;
      letters += encodeURIComponent(id).length + 3;
      if (letters > LETTERS_AT_ONCE && some.length > 0) break;
      some.push(id);
    }
    const providers = new Set(some.map((id) => id.slice(0, id.indexOf('/'))));
    portions.push({ path: '/series', query: { series_ids: some.join(',') }, providers, before: at, size: some.length });
    at += some.length;
  }
  return portions;
}

function within(from: string | undefined, to: string | undefined) {
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function cut(series: Series, from = '', to = '9999-99-99'): Series {
  return { ...series, observations: series.observations.filter(({ startDay }) => startDay >= from && startDay <= to) };
}
