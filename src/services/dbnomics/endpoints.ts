import { map } from 'rxjs';
import type { z } from 'zod';
import {
  type Dataset,
  type Dbnomics,
  DbnomicsNotFoundError,
  type Dimension,
  type ProviderHealth,
  type SeriesError,
  type SeriesProgress,
  type SeriesQuery,
} from '../../adapters/dbnomics/index.ts';
import type { CachePolicy } from '../../cache/cachePolicy.ts';
import { defined } from '../defined.ts';
import { type EndpointContext, endpoint, pagedEndpoint } from '../endpoint.ts';
import { pageSizeFor } from '../pageSizeFor.ts';
import { picked } from '../picked.ts';
import {
  DatasetParams,
  DatasetsParams,
  Nothing,
  ObservationsParams,
  ProviderParams,
  ProvidersParams,
  SearchParams,
  SeriesParams,
} from './params.ts';

/** A dataset as JSON has it: with plain objects for maps. */
export interface DatasetAnswer extends Omit<Dataset, 'dimensions'> {
  readonly dimensions: readonly DimensionAnswer[];
}

export interface DimensionAnswer extends Omit<Dimension, 'values'> {
  /** Label by code of a value. */
  readonly values: Readonly<Record<string, string>>;
}

export interface DbnomicsHealthAnswer {
  /** By provider, as the instance that answers has seen it. */
  readonly providers: readonly ProviderHealth[];
}

const SELECTION =
  'ids: [provider/dataset/series, …], or provider, dataset, mask?, dimensions?, q?; from?, to?, offset?, pageSize?, alignPeriods?, filters?';

const DAY_MS = 86_400_000;

/** What does not exist is asked for again by whoever mistypes it: a minute. What DBnomics had a day ago is better than nothing. */
const KEPT = {
  staleIfErrorMs: DAY_MS,
  negativeMs: 60_000,
  negative: { DBNOMICS_NOT_FOUND: (message: string) => new DbnomicsNotFoundError(message, undefined) },
} satisfies Partial<CachePolicy>;

/** Changes when a provider is added, or a dataset. */
const CATALOG: CachePolicy = { ...KEPT, ttlMs: 3_600_000 };

/** DBnomics takes series over once a day, mostly. */
const DATA: CachePolicy = { ...KEPT, ttlMs: 300_000 };

/** What DBnomics can be asked, by topic. */
export function dbnomicsEndpoints(api: Dbnomics) {
  return {
    'dbnomics.providers.list': pagedEndpoint({
      params: ProvidersParams,
      takes: '{ pageSize? }',
      cache: CATALOG,
      run: (params) => api.providers(defined(params)),
    }),
    'dbnomics.provider.get': endpoint({
      params: ProviderParams,
      takes: '{ provider }',
      cache: CATALOG,
      run: ({ provider }) => api.provider(provider),
    }),
    'dbnomics.datasets.list': pagedEndpoint({
      params: DatasetsParams,
      takes: '{ provider, pageSize? }',
      cache: CATALOG,
      run: ({ provider, ...options }) => picked(api.datasets(provider, defined(options)), plainDataset),
    }),
    'dbnomics.dataset.get': endpoint({
      params: DatasetParams,
      takes: '{ provider, dataset }',
      cache: CATALOG,
      run: ({ provider, dataset }) => api.dataset(provider, dataset).pipe(map(plainDataset)),
    }),
    'dbnomics.search': pagedEndpoint({
      params: SearchParams,
      takes: '{ q, limit?: 1 to 1000, pageSize? }',
      cache: CATALOG,
      run: ({ q, limit, pageSize = pageSizeFor(limit, 100) }) =>
        picked(api.search(q, { pageSize }), plainDataset, limit),
    }),
    'dbnomics.series.fetch': pagedEndpoint({
      params: SeriesParams,
      takes: `{ ${SELECTION}, observations? }`,
      pageItems: 100,
      cache: DATA,
      run: (params, context) => api.series(queryOf(params, context)),
    }),
    'dbnomics.observations.fetch': pagedEndpoint({
      params: ObservationsParams,
      takes: `{ ${SELECTION} }`,
      pageItems: 2_000,
      cache: DATA,
      run: (params, context) => api.observations(queryOf(params, context)),
    }),
    'dbnomics.health': endpoint({
      params: Nothing,
      takes: '{}',
      run: (): DbnomicsHealthAnswer => ({ providers: api.health() }),
    }),
  };
}

/** The endpoints of `dbnomicsService`, for `serviceClient`. */
export type DbnomicsEndpoints = ReturnType<typeof dbnomicsEndpoints>;

type Params = z.output<typeof SeriesParams> | z.output<typeof ObservationsParams>;

function queryOf(params: Params, { warn, progress }: EndpointContext): SeriesQuery {
  const onSeriesError = ({ code, message, providerCode, datasetCode, seriesCode }: SeriesError) =>
    warn({ code, message, details: { providerCode, datasetCode, seriesCode } });
  const onProgress = ({ done, found }: SeriesProgress) =>
    params.ids ? progress(done, params.ids.length) : progress(done, found);
  // The schema has seen to it that it is one of both selections.
  return { ...defined(params), onSeriesError, onProgress } as object as SeriesQuery;
}

function plainDataset({ dimensions, ...dataset }: Dataset): DatasetAnswer {
  return {
    ...dataset,
    dimensions: dimensions.map(({ values, ...rest }) => ({ ...rest, values: Object.fromEntries(values) })),
  };
}
