import type { Observable } from 'rxjs';
import type { SeenLimit } from '../http/index.ts';
import type { PagedSource } from '../paging/index.ts';
import type { CatalogDataset } from './catalogDataset.ts';
import type {
  CatalogStats,
  KeywordCount,
  KeywordsOptions,
  Location,
  LocationShape,
  LocationsOptions,
  Organization,
  PublisherCount,
} from './catalogLists.ts';
import { DatagovApi, type DatagovOptions } from './datagovApi.ts';
import { DatagovClient } from './datagovClient.ts';
import type { Distribution } from './distribution.ts';
import type { DownloadOptions, Row } from './download/downloadOptions.ts';
import type { HarvestRaw, HarvestRecord } from './harvestRecord.ts';
import type { Fields } from './reading.ts';
import type { SearchQuery } from './searchQuery.ts';
import type { WatchCatalogOptions } from './watchOptions.ts';

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
  return new DatagovClient(new DatagovApi(options), options);
}
