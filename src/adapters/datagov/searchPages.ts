import { catchError, defer, map, type Observable } from 'rxjs';
import { HttpStatusError } from '../http/index.ts';
import type { Page } from '../paging/index.ts';
import { type CatalogDataset, catalogDatasetOf } from './catalogDataset.ts';
import { CursorTrail } from './cursorTrail.ts';
import type { DatagovApi } from './datagovApi.ts';
import { DatagovCursorError, DatagovShapeError } from './datagovErrors.ts';
import { type Fields, listOf, textOrNothing } from './reading.ts';
import { Remembered } from './remembered.ts';
import { SearchNotices } from './searchNotices.ts';
import { type SearchQuery, searchParameters } from './searchQuery.ts';

/** What a page of `/search` holds. */
export interface Hits {
  readonly items: readonly CatalogDataset[];
  /** The cursor behind them. Undefined after the last page. */
  readonly after: string | undefined;
}

/** One page of `/search`. Errors: `DatagovCursorError` when it is the cursor that Data.gov fails on. */
export function searchPage(api: DatagovApi, query: SearchQuery, after: string | undefined): Observable<Hits & Fields> {
  return api.get('/search', { ...searchParameters(query), after }).pipe(
    map((body) => {
      const items = listOf(body['results'], 'results').map(catalogDatasetOf);
      const next = textOrNothing(body['after']);
      if (next !== undefined && (next === after || items.length === 0)) {
        throw new DatagovShapeError(`the page after ${after ?? 'the beginning'} leads to ${next} and no further`);
      }
      return { ...body, items, after: next };
    }),
    catchError((error: unknown) => {
      // Only a cursor of the caller's can be at fault: the API's own were good a page before.
      const ofCursor = after !== undefined && after === query.after;
      throw ofCursor && error instanceof HttpStatusError && error.status === 500
        ? new DatagovCursorError(error)
        : error;
    }),
  );
}

/**
 * Walks `/search` by cursor. Scores can drift between pages: a dataset whose slug was seen lately is left out.
 */
export class SearchPages {
  private readonly seen: Remembered;
  private readonly notices: SearchNotices;
  private readonly trail = new CursorTrail();
  private done = 0;

  constructor(
    private readonly api: DatagovApi,
    private readonly query: SearchQuery,
  ) {
    this.seen = new Remembered(query.remember ?? 10_000);
    this.notices = new SearchNotices(query);
  }

  first(): Observable<Page<CatalogDataset>> {
    return this.page(this.query.after);
  }

  private page(after: string | undefined): Observable<Page<CatalogDataset>> {
    return defer(() => searchPage(this.api, this.query, after)).pipe(
      map((hits) => {
        this.notices.look(hits['sort'], hits.items);
        const items = hits.items.filter(({ slug }) => this.seen.add(slug));
        const next = hits.after;
        if (next !== undefined && this.trail.meets(next)) throw new DatagovShapeError(`the pages go round at ${next}`);
        this.done += items.length;
        this.query.onProgress?.({ done: this.done, after: next });
        return { items, next: next === undefined ? undefined : () => this.page(next) };
      }),
    );
  }
}
