import { map } from 'rxjs';
import type { z } from 'zod';
import type {
  Dataset,
  Dbnomics,
  Dimension,
  ProviderHealth,
  SeriesError,
  SeriesProgress,
  SeriesQuery,
} from '../../adapters/dbnomics/index.ts';
import { type EndpointContext, endpoint, pagedEndpoint } from '../endpoint.ts';
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
import { upTo } from './upTo.ts';

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

/** What DBnomics can be asked, by topic. */
export function dbnomicsEndpoints(api: Dbnomics) {
  return {
    'dbnomics.providers.list': pagedEndpoint({
      params: ProvidersParams,
      takes: '{ pageSize? }',
      run: (params) => api.providers(defined(params)),
    }),
    'dbnomics.provider.get': endpoint({
      params: ProviderParams,
      takes: '{ provider }',
      run: ({ provider }) => api.provider(provider),
    }),
    'dbnomics.datasets.list': pagedEndpoint({
      params: DatasetsParams,
      takes: '{ provider, pageSize? }',
      run: ({ provider, ...options }) => mapped(api.datasets(provider, defined(options)), plainDataset),
    }),
    'dbnomics.dataset.get': endpoint({
      params: DatasetParams,
      takes: '{ provider, dataset }',
      run: ({ provider, dataset }) => api.dataset(provider, dataset).pipe(map(plainDataset)),
    }),
    'dbnomics.search': pagedEndpoint({
      params: SearchParams,
      takes: '{ q, limit?: 1 to 1000, pageSize? }',
      run: ({ q, limit, ...options }) => mapped(upTo(limit, api.search(q, defined(options))), plainDataset),
    }),
    'dbnomics.series.fetch': pagedEndpoint({
      params: SeriesParams,
      takes: `{ ${SELECTION}, observations? }`,
      pageItems: 100,
      run: (params, context) => api.series(queryOf(params, context)),
    }),
    'dbnomics.observations.fetch': pagedEndpoint({
      params: ObservationsParams,
      takes: `{ ${SELECTION} }`,
      pageItems: 2_000,
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

/** Without the fields that are undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function plainDataset({ dimensions, ...dataset }: Dataset): DatasetAnswer {
  return {
    ...dataset,
    dimensions: dimensions.map(({ values, ...rest }) => ({ ...rest, values: Object.fromEntries(values) })),
  };
}

async function* mapped<T, R>(items: AsyncIterable<T>, fn: (item: T) => R): AsyncGenerator<R> {
  for await (const item of items) yield fn(item);
}
