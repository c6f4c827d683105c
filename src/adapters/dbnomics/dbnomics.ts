import { defer, map, type Observable } from 'rxjs';
import { type Page, PagedSource, pagewise } from '../paging/index.ts';
import {
  type CategoryNode,
  categoryOf,
  type Dataset,
  datasetOf,
  type Provider,
  type ProviderTree,
  providerOf,
} from './catalog.ts';
import { datasetAddress } from './datasetAddress.ts';
import { DbnomicsApi, type DbnomicsOptions } from './dbnomicsApi.ts';
import { DbnomicsShapeError } from './dbnomicsErrors.ts';
import { type Facets, facetsOf } from './facets.ts';
import type { ProviderHealth } from './providerHealth.ts';
import { countOf, fieldsOf, listOf } from './reading.ts';
import type { Series, SeriesObservation } from './series.ts';
import { SeriesPages } from './seriesPages.ts';
import {
  checkCode,
  checkPageSize,
  checkQuery,
  checkWords,
  type DatasetSelection,
  type SeriesQuery,
} from './seriesQuery.ts';
import { checkWatch, type SeriesChange, Watch, type WatchOptions } from './watch.ts';

export interface ListOptions {
  /** Documents a page. @default the API's: 1_000 providers, 50 datasets, 10 found */
  readonly pageSize?: number;
}

/** DBnomics, as sources. Nothing is asked before something is subscribed to. */
export interface Dbnomics {
  /** Every provider. */
  providers(options?: ListOptions): PagedSource<Provider>;
  /** One provider with its tree of categories and datasets. Errors: `DbnomicsNotFoundError`. */
  provider(code: string): Observable<ProviderTree>;
  /** A provider's datasets. */
  datasets(provider: string, options?: ListOptions): PagedSource<Dataset>;
  /** One dataset with its dimensions. Errors: `DbnomicsNotFoundError`. */
  dataset(provider: string, dataset: string): Observable<Dataset>;
  /** Datasets that words are found in, the best first. */
  search(q: string, options?: ListOptions): PagedSource<Dataset>;
  /** Series by ids, or of one dataset; one at a time, a page is asked for as it is needed. */
  series(query: SeriesQuery): PagedSource<Series>;
  /** As `series`, taken apart: one observation at a time. */
  observations(query: SeriesQuery): PagedSource<SeriesObservation>;
  /** How many series of a dataset have which values of its dimensions. Errors: `DbnomicsNotFoundError`. */
  facets(of: DatasetSelection): Observable<Facets>;
  /** What is new or revised in some series, from now on and after restarts. */
  watch(ids: readonly string[], options: WatchOptions): PagedSource<SeriesChange>;
  /** Freshness and error rate of each provider that was asked for here. */
  health(): readonly ProviderHealth[];
}

/**
 * The public API of DBnomics (v22): macroeconomic series of more than 80 providers, no key needed.
 *
 * Every answer is a cold Observable; the paged ones are a `PagedSource`, which only asks for the next page when there is
 * credit for it. A page that fails is asked for again where it began. Values are doubles in their series' unit; `NA` is
 * null, with what was sent beside it.
 *
 * Order: the API's. Memory: two pages. Errors: an `HttpError`, `DbnomicsNotFoundError`, `DbnomicsRequestError`, or
 * `DbnomicsShapeError`; of single series in a list, `SeriesError`s to `onSeriesError`.
 *
 * @example
 * dbnomics()
 *   .series({ provider: 'ECB', dataset: 'EXR', mask: 'D.USD.EUR.SP00.A', observations: true })
 *   .subscribe((series) => console.log(series.id, series.observations.length));
 *
 * @throws {InvalidOptionError} if an option is out of its bounds
 */
export function dbnomics(options: DbnomicsOptions = {}): Dbnomics {
  return new Client(new DbnomicsApi(options), options);
}

class Client implements Dbnomics {
  constructor(
    private readonly api: DbnomicsApi,
    private readonly options: DbnomicsOptions,
  ) {}

  providers({ pageSize }: ListOptions = {}): PagedSource<Provider> {
    checkPageSize(pageSize, 1_000);
    return this.list(
      'dbnomics.providers',
      { path: '/providers', field: 'providers', limit: pageSize ?? 1_000 },
      providerOf,
    );
  }

  provider(code: string): Observable<ProviderTree> {
    const path = `/providers/${encodeURIComponent(checkCode('provider', code))}`;
    return this.api.get(path, {}, [code]).pipe(
      map((body) => {
        const tree: readonly CategoryNode[] = listOf(body['category_tree'] ?? [], 'category_tree').map(categoryOf);
        const provider = providerOf(body['provider']);
        this.api.health.saw(code, provider.indexedAt);
        return { provider, tree };
      }),
    );
  }

  datasets(provider: string, { pageSize }: ListOptions = {}): PagedSource<Dataset> {
    checkPageSize(pageSize, 500);
    const path = `/datasets/${encodeURIComponent(checkCode('provider', provider))}`;
    return this.list('dbnomics.datasets', { path, field: 'datasets', limit: pageSize ?? 50, provider }, datasetOf);
  }

  dataset(provider: string, dataset: string): Observable<Dataset> {
    const codes = [checkCode('provider', provider), checkCode('dataset', dataset)];
    return this.api.get(`/datasets/${codes.map(encodeURIComponent).join('/')}`, {}, [provider]).pipe(
      map((body) => {
        const [doc] = listOf(fieldsOf(body['datasets'], 'datasets')['docs'], 'datasets.docs');
        const found = datasetOf(doc);
        this.api.health.saw(provider, found.indexedAt);
        return found;
      }),
    );
  }

  search(q: string, { pageSize }: ListOptions = {}): PagedSource<Dataset> {
    checkWords(q);
    checkPageSize(pageSize, 100);
    return this.list('dbnomics.search', { path: '/search', field: 'results', limit: pageSize ?? 10, q }, datasetOf);
  }

  series(query: SeriesQuery): PagedSource<Series> {
    checkQuery(query);
    const asked = (query.from ?? query.to ?? query.filters) ? { ...query, observations: true } : query;
    return new PagedSource('dbnomics.series', () =>
      pagewise(() => defer(() => new SeriesPages(this.api, asked).first())),
    );
  }

  observations(query: SeriesQuery): PagedSource<SeriesObservation> {
    checkQuery(query);
    const asked = { ...query, observations: true };
    return new PagedSource('dbnomics.observations', () =>
      pagewise(() => defer(() => flat(new SeriesPages(this.api, asked).first()))),
    );
  }

  facets(of: DatasetSelection): Observable<Facets> {
    checkQuery(of);
    const { path, query } = datasetAddress(of);
    return this.api.get(path, { ...query, facets: 1, limit: 0, metadata: 0 }, [of.provider]).pipe(map(facetsOf));
  }

  watch(ids: readonly string[], options: WatchOptions): PagedSource<SeriesChange> {
    checkQuery({ ids });
    checkWatch(options);
    const unique = [...new Set(ids)];
    return new PagedSource(
      'dbnomics.watch',
      () =>
        new Watch((some) => this.series({ ids: some, observations: true }), this.api, unique, {
          ...options,
          ...this.scheduler(),
        }),
      1,
    );
  }

  health(): readonly ProviderHealth[] {
    return this.api.health.all();
  }

  private scheduler() {
    return this.options.scheduler ? { scheduler: this.options.scheduler } : {};
  }

  private list<T>(name: string, listing: Listing, read: (doc: unknown) => T): PagedSource<T> {
    return new PagedSource(name, () => pagewise(() => this.listPage(listing, 0, read)));
  }

  private listPage<T>(listing: Listing, offset: number, read: (doc: unknown) => T): Observable<Page<T>> {
    const { path, field, limit, q, provider } = listing;
    return this.api.get(path, { q, limit, offset }, provider === undefined ? [] : [provider]).pipe(
      map((body) => {
        const fields = fieldsOf(body[field], field);
        const docs = listOf(fields['docs'], `${field}.docs`);
        const found = countOf(fields['num_found'] ?? docs.length, `${field}.num_found`);
        const end = offset + docs.length;
        if (docs.length === 0 && offset < found) throw new DbnomicsShapeError(`page at ${offset} of ${path} is empty`);
        return { items: docs.map(read), next: end >= found ? undefined : () => this.listPage(listing, end, read) };
      }),
    );
  }
}

interface Listing {
  readonly path: string;
  /** Where in the answer the documents are. */
  readonly field: string;
  readonly limit: number;
  readonly q?: string;
  readonly provider?: string;
}

function flat(pages: Observable<Page<Series>>): Observable<Page<SeriesObservation>> {
  return pages.pipe(
    map(({ items, next }) => ({
      items: items.flatMap(({ id, frequency, indexedAt, observations }) =>
        observations.map((observation) => ({ seriesId: id, frequency, indexedAt, ...observation })),
      ),
      next: next && (() => flat(next())),
    })),
  );
}
