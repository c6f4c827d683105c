import type { z } from 'zod';
import {
  type BadRowError,
  type CatalogDataset,
  type Datagov,
  DatagovNotFoundError,
  type Distribution,
  type DownloadOptions,
  type Row,
  type SearchNotice,
  type SearchProgress,
  type SearchQuery,
  type SeenLimit,
} from '../../adapters/datagov/index.ts';
import type { CachePolicy } from '../../cache/cachePolicy.ts';
import { defined } from '../defined.ts';
import { type EndpointContext, endpoint, pagedEndpoint } from '../endpoint.ts';
import { pageSizeFor } from '../pageSizeFor.ts';
import { picked } from '../picked.ts';
import {
  DatasetParams,
  IdParams,
  KeywordsParams,
  LocationsParams,
  Nothing,
  RowsParams,
  SearchParams,
} from './params.ts';
import { rowsOf } from './rowsOf.ts';

const DAY_MS = 86_400_000;

/** What does not exist is asked for again by whoever mistypes it: a minute. What Data.gov had a day ago is better than nothing. */
const KEPT = {
  staleIfErrorMs: DAY_MS,
  negativeMs: 60_000,
  negative: { DATAGOV_NOT_FOUND: (message: string) => new DatagovNotFoundError(message) },
} satisfies Partial<CachePolicy>;

/** Changes when something is harvested, a few times a day. */
const SEARCHES: CachePolicy = { ...KEPT, ttlMs: 300_000 };

/** Changes hardly at all. */
const LISTS: CachePolicy = { ...KEPT, ttlMs: 3_600_000 };

export interface DatagovHealthAnswer {
  /** What the gateway last said of the limit of the key, as the instance that answers has seen it. */
  readonly limit: SeenLimit;
}

/** What Data.gov can be asked, by topic. */
export function datagovEndpoints(api: Datagov) {
  return {
    'datagov.datasets.search': pagedEndpoint({
      params: SearchParams,
      takes:
        '{ q?, orgSlug?, orgTypes?, keywords?, publisher?, collection?, hasDownload?: true, spatialFilter?, area?, sort?, pageSize?, after?, limit?: 1 to 1000000 }',
      pageItems: 100,
      cache: SEARCHES,
      run: ({ limit, pageSize = pageSizeFor(limit, 1_000), ...params }, context) =>
        picked(api.search(queryOf({ ...params, pageSize }, context)), unchanged<CatalogDataset>, limit),
    }),
    'datagov.dataset.get': endpoint({
      params: DatasetParams,
      takes: '{ dataset: a slug, or an id }',
      cache: SEARCHES,
      run: ({ dataset }) => api.dataset(dataset),
    }),
    'datagov.distributions.list': endpoint({
      params: DatasetParams,
      takes: '{ dataset: a slug, or an id }',
      cache: SEARCHES,
      run: ({ dataset }) => api.distributions(dataset),
    }),
    'datagov.rows.fetch': pagedEndpoint({
      params: RowsParams,
      takes:
        '{ dataset: a slug, or an id, downloadUrl?, format?, encoding?, delimiter?, columns?, at?, skip?, limit? }',
      run: ({ dataset, downloadUrl, limit, ...params }, context) => {
        const open = (from: Distribution) => api.download(from, downloadOf(params, context));
        return picked(rowsOf(api.distributions(dataset), downloadUrl, open), unchanged<Row>, limit);
      },
    }),
    'datagov.organizations.list': endpoint({
      params: Nothing,
      takes: '{}',
      cache: LISTS,
      run: () => api.organizations(),
    }),
    'datagov.keywords.list': endpoint({
      params: KeywordsParams,
      takes: '{ search?, size?: 1 to 1000, minCount? }',
      cache: LISTS,
      run: (params) => api.keywords(defined(params)),
    }),
    'datagov.locations.search': endpoint({
      params: LocationsParams,
      takes: '{ q, size?: 1 to 2000 }',
      cache: LISTS,
      run: ({ q, ...options }) => api.locations(q, defined(options)),
    }),
    'datagov.location.get': endpoint({
      params: IdParams,
      takes: '{ id }',
      cache: LISTS,
      run: ({ id }) => api.location(id),
    }),
    'datagov.publishers.list': endpoint({ params: Nothing, takes: '{}', cache: LISTS, run: () => api.publishers() }),
    'datagov.stats.get': endpoint({ params: Nothing, takes: '{}', cache: LISTS, run: () => api.stats() }),
    'datagov.harvest-record.get': endpoint({
      params: IdParams,
      takes: '{ id }',
      cache: LISTS,
      run: ({ id }) => api.harvestRecord(id),
    }),
    'datagov.harvest-record.raw': endpoint({
      params: IdParams,
      takes: '{ id }',
      cache: LISTS,
      run: ({ id }) => api.harvestRaw(id),
    }),
    'datagov.harvest-record.transformed': endpoint({
      params: IdParams,
      takes: '{ id }',
      cache: LISTS,
      run: ({ id }) => api.harvestTransformed(id),
    }),
    'datagov.health': endpoint({
      params: Nothing,
      takes: '{}',
      run: (): DatagovHealthAnswer => ({ limit: api.limit }),
    }),
  };
}

/** The endpoints of `datagovService`, for `serviceClient`. */
export type DatagovEndpoints = ReturnType<typeof datagovEndpoints>;

function queryOf(
  params: Omit<z.output<typeof SearchParams>, 'limit'>,
  { warn, progress }: EndpointContext,
): SearchQuery {
  const onNotice = ({ kind, message, ...details }: SearchNotice) =>
    warn({
      code: kind === 'sort-replaced' ? 'DATAGOV_SORT_REPLACED' : 'DATAGOV_FILTER_IGNORED',
      message,
      details: { ...details },
    });
  const onProgress = ({ done }: SearchProgress) => progress(done);
  // The schema has seen to it; what it leaves optional is left out where it is undefined.
  return { ...defined(params), onNotice, onProgress } as SearchQuery;
}

function downloadOf(
  params: Omit<z.output<typeof RowsParams>, 'dataset' | 'downloadUrl' | 'limit'>,
  { warn, progress }: EndpointContext,
): DownloadOptions {
  const onBadRow = ({ code, message, row, line }: BadRowError) => warn({ code, message, details: { row, line } });
  return { ...defined(params), onBadRow, onProgress: ({ rows }) => progress(rows) };
}

function unchanged<T extends CatalogDataset | Row>(item: T): T {
  return item;
}
