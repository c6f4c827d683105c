import { map, type Observable } from 'rxjs';
import { InvalidOptionError } from '../../core/errors.ts';
import type { HttpRequest, SeenLimit } from '../http/index.ts';
import { PagedSource, pagewise } from '../paging/index.ts';
import { type CatalogDataset, catalogDatasetOf } from './catalogDataset.ts';
import {
  type CatalogStats,
  type KeywordCount,
  keywordOf,
  type Location,
  type LocationShape,
  locationOf,
  locationShapeOf,
  type Organization,
  organizationOf,
  type PublisherCount,
  publisherOf,
  statsOf,
} from './catalogLists.ts';
import { DatagovApi, type DatagovOptions } from './datagovApi.ts';
import { DatagovNotFoundError } from './datagovErrors.ts';
import type { Distribution } from './distribution.ts';
import { Download } from './download/download.ts';
import { checkDownload, type DownloadOptions, type Row } from './download/downloadOptions.ts';
import { formatOfDistribution } from './download/format.ts';
import { type HarvestRaw, type HarvestRecord, harvestRecordOf } from './harvestRecord.ts';
import { type Fields, listOf } from './reading.ts';
import { SearchPages } from './searchPages.ts';
import { checkBetween, checkSearch, type SearchQuery } from './searchQuery.ts';
import { WatchCatalog } from './watchCatalog.ts';
import { checkWatch, type WatchCatalogOptions } from './watchOptions.ts';

export interface KeywordsOptions {
  /** A part of the keyword. @default any */
  readonly search?: string;
  /** How many at most, 1 to 1,000. @default 100 */
  readonly size?: number;
  /** On how many datasets at least. @default 1 */
  readonly minCount?: number;
}

export interface LocationsOptions {
  /** How many at most, 1 to 2,000. @default 100 */
  readonly size?: number;
}

/** The catalog of Data.gov, as sources. Nothing is asked before something is subscribed to. */
export interface Datagov {
  /** Datasets that fit a query, or all; one at a time, a page is asked for as it is needed. */
  search(query?: SearchQuery): PagedSource<CatalogDataset>;
  /** One dataset by its slug or, direct, its id. Errors: `DatagovNotFoundError`. */
  dataset(slugOrId: string): Observable<CatalogDataset>;
  /** The files and services of one dataset; it may have none. Errors: `DatagovNotFoundError`. */
  distributions(slugOrId: string): Observable<readonly Distribution[]>;
  /** Every organization, those with most datasets first. */
  organizations(): Observable<readonly Organization[]>;
  /** The keywords on most datasets. */
  keywords(options?: KeywordsOptions): Observable<readonly KeywordCount[]>;
  /** Places whose names hold a text: countries, then states, counties, postal codes. */
  locations(name: string, options?: LocationsOptions): Observable<readonly Location[]>;
  /** The shape of a place, for `area` of a search. Errors: `DatagovNotFoundError`. */
  location(id: string): Observable<LocationShape>;
  /** The 100 publishers with most datasets. Direct only. */
  publishers(): Observable<readonly PublisherCount[]>;
  /** How large the catalog is. Direct only. */
  stats(): Observable<CatalogStats>;
  /** How a dataset came into the catalog. Errors: `DatagovNotFoundError`. */
  harvestRecord(id: string): Observable<HarvestRecord>;
  /** What its publisher sent: JSON, XML or text. Errors: `DatagovNotFoundError`. */
  harvestRaw(id: string): Observable<HarvestRaw>;
  /** What was made of it, if something had to be (DCAT-US). Errors: `DatagovNotFoundError`. */
  harvestTransformed(id: string): Observable<Fields>;
  /** Datasets as they are harvested, from now on and after restarts. */
  watchCatalog(options: WatchCatalogOptions): PagedSource<CatalogDataset>;
  /** The rows of a file, as they come. */
  download(from: Distribution | string | URL, options?: DownloadOptions): PagedSource<Row>;
  /** What the gateway last said of the key's limit. */
  readonly limit: SeenLimit;
}

/**
 * The catalog of Data.gov (v4): what the agencies of the United States publish, 500,000 datasets and more.
 *
 * By its gateway, which takes a key and allows 1,000 requests an hour, or from the catalog itself. Every answer is a cold
 * Observable; what comes in pages or rows is a `PagedSource`, which only asks for more when there is credit for it. All
 * users of a key in the process heed the same waits.
 *
 * Order: the API's. Memory: two pages; of a download, a piece of its body. Errors: an `HttpError`, `DatagovNotFoundError`,
 * `DatagovRequestError`, `DatagovKeyError`, `DatagovCursorError` or `DatagovShapeError`; of a download, a
 * `DownloadFormatError` or `DownloadEncodingError` too.
 *
 * @example
 * datagov({ via: 'direct' })
 *   .search({ q: 'climate', orgTypes: ['City Government'] })
 *   .subscribe(({ title, distributions }) => console.log(title, distributions.length));
 *
 * @throws {InvalidOptionError} if an option is out of its bounds
 */
export function datagov(options: DatagovOptions = {}): Datagov {
  return new Client(new DatagovApi(options), options);
}

class Client implements Datagov {
  constructor(
    private readonly api: DatagovApi,
    private readonly options: DatagovOptions,
  ) {}

  get limit(): SeenLimit {
    return this.api.limit;
  }

  search(query: SearchQuery = {}): PagedSource<CatalogDataset> {
    checkSearch(query);
    return new PagedSource('datagov.search', () => pagewise(() => new SearchPages(this.api, query).first()));
  }

  dataset(slugOrId: string): Observable<CatalogDataset> {
    const name = checkId('slugOrId', slugOrId);
    const reply =
      this.api.via === 'direct'
        ? this.api.get(`/dataset/${encodeURIComponent(name)}`)
        : this.api.get('/search', { q: name, per_page: 20 });
    return reply.pipe(map((body) => onlyOne(listOf(body['results'], 'results'), name, this.api.via)));
  }

  distributions(slugOrId: string): Observable<readonly Distribution[]> {
    return this.dataset(slugOrId).pipe(map(({ distributions }) => distributions));
  }

  organizations(): Observable<readonly Organization[]> {
    return this.listed('/organizations', 'organizations', organizationOf);
  }

  keywords({ search, size, minCount }: KeywordsOptions = {}): Observable<readonly KeywordCount[]> {
    checkBetween('size', size, 1, 1_000);
    checkBetween('minCount', minCount, 1, Number.MAX_SAFE_INTEGER);
    return this.listed('/keywords', 'keywords', keywordOf, { search, size, min_count: minCount });
  }

  locations(name: string, { size }: LocationsOptions = {}): Observable<readonly Location[]> {
    checkBetween('size', size, 1, 2_000);
    return this.listed('/locations/search', 'locations', locationOf, { q: name, size });
  }

  location(id: string): Observable<LocationShape> {
    return this.api.get(`/location/${encodeURIComponent(checkId('id', id))}`).pipe(map(locationShapeOf));
  }

  publishers(): Observable<readonly PublisherCount[]> {
    this.checkDirect('publishers');
    return this.listed('/publishers', 'publishers', publisherOf);
  }

  stats(): Observable<CatalogStats> {
    this.checkDirect('stats');
    return this.api.get('/stats').pipe(map(statsOf));
  }

  harvestRecord(id: string): Observable<HarvestRecord> {
    return this.api.get(recordPath(id)).pipe(map(harvestRecordOf));
  }

  harvestRaw(id: string): Observable<HarvestRaw> {
    const reply = this.api.text(`${recordPath(id)}/raw`);
    return reply.pipe(
      map(({ body, headers }) => ({ mediaType: headers.get('content-type')?.split(';')[0] ?? undefined, text: body })),
    );
  }

  harvestTransformed(id: string): Observable<Fields> {
    return this.api.get(`${recordPath(id)}/transformed`);
  }

  watchCatalog(options: WatchCatalogOptions): PagedSource<CatalogDataset> {
    checkWatch(options);
    return new PagedSource('datagov.watch', () => new WatchCatalog(this.api, options, this.options.scheduler), 1);
  }

  download(from: Distribution | string | URL, options: DownloadOptions = {}): PagedSource<Row> {
    checkDownload(options);
    const { via: _, key: __, baseUrl: ___, ...http } = this.options;
    const order = { ...orderOf(from, options), options, http };
    return new PagedSource('datagov.download', () => new Download(order));
  }

  private listed<T>(
    path: string,
    field: string,
    read: (doc: unknown) => T,
    query: HttpRequest['query'] & {} = {},
  ): Observable<readonly T[]> {
    return this.api.get(path, query).pipe(map((body) => listOf(body[field], field).map(read)));
  }

  private checkDirect(what: string): void {
    if (this.api.via === 'direct') return;
    throw new InvalidOptionError('via', this.api.via, `'direct' for ${what}(), which the gateway does not have`);
  }
}

function onlyOne(results: readonly unknown[], name: string, via: 'gateway' | 'direct'): CatalogDataset {
  const found = results.map(catalogDatasetOf);
  const one = via === 'direct' ? found[0] : found.find(({ slug }) => slug === name);
  if (one) return one;
  const hint = via === 'direct' ? '' : "; the gateway knows slugs only, ids take `via: 'direct'`";
  throw new DatagovNotFoundError(`Data.gov has no dataset ${name}${hint}`);
}

function orderOf(from: Distribution | string | URL, { format }: DownloadOptions) {
  const address = typeof from === 'string' || from instanceof URL ? String(from) : from.downloadUrl;
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new InvalidOptionError('from', address, 'an http or https address, or a distribution with a downloadUrl');
  }
  const said = typeof from === 'string' || from instanceof URL ? undefined : from;
  return { url, format: format ?? (said && formatOfDistribution(said, url)) };
}

function recordPath(id: string): string {
  return `/harvest_record/${encodeURIComponent(checkId('id', id))}`;
}

/** @throws {InvalidOptionError} unless it can be part of a path */
function checkId(name: string, id: unknown): string {
  if (typeof id === 'string' && id !== '' && !/[/\s]/.test(id)) return id;
  throw new InvalidOptionError(name, id, 'a text without slashes or white space');
}
