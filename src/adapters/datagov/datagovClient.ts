import { map, type Observable } from 'rxjs';
import { InvalidOptionError } from '../../core/errors.ts';
import type { HttpRequest, SeenLimit } from '../http/index.ts';
import { PagedSource, pagewise } from '../paging/index.ts';
import { type CatalogDataset, catalogDatasetOf } from './catalogDataset.ts';
import {
  type CatalogStats,
  type KeywordCount,
  type KeywordsOptions,
  keywordOf,
  type Location,
  type LocationShape,
  type LocationsOptions,
  locationOf,
  locationShapeOf,
  type Organization,
  organizationOf,
  type PublisherCount,
  publisherOf,
  statsOf,
} from './catalogLists.ts';
import type { DatagovApi, DatagovOptions } from './datagovApi.ts';
import { DatagovNotFoundError } from './datagovErrors.ts';
import type { Distribution } from './distribution.ts';
import { Download } from './download/download.ts';
import { checkDownload, type DownloadOptions, type Row } from './download/downloadOptions.ts';
import { orderOf } from './download/downloadOrder.ts';
import { type HarvestRaw, type HarvestRecord, harvestRecordOf } from './harvestRecord.ts';
import { type Fields, listOf } from './reading.ts';
import { SearchPages } from './searchPages.ts';
import { checkBetween, checkSearch, type SearchQuery } from './searchQuery.ts';
import { WatchCatalog } from './watchCatalog.ts';
import { checkWatch, type WatchCatalogOptions } from './watchOptions.ts';

/** The calls behind `datagov`, which says what each does. */
export class DatagovClient {
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
    if (typeof name !== 'string' || name.trim() === '') throw new InvalidOptionError('name', name, 'a part of a name');
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
    // The gateway's key and limit are not for where files are.
    const { via: _, key: __, baseUrl: ___, limit: ____, ...http } = this.options;
    const order = orderOf(from, options, http);
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

function recordPath(id: string): string {
  return `/harvest_record/${encodeURIComponent(checkId('id', id))}`;
}

/** @throws {InvalidOptionError} unless it can be part of a path */
function checkId(name: string, id: unknown): string {
  if (typeof id === 'string' && /^(?!\.{1,2}$)[^/\s]+$/.test(id)) return id;
  throw new InvalidOptionError(name, id, 'a text without slashes or white space, neither . nor ..');
}
