export { type CalendarFrequency as Frequency, type Period, periodOf, startDayOf } from '../../core/period.ts';
export {
  type CircuitOptions,
  HttpCircuitOpenError,
  HttpContentError,
  HttpError,
  HttpNetworkError,
  type HttpOptions,
  HttpRateLimitError,
  HttpRedirectError,
  HttpStatusError,
  HttpTimeoutError,
  HttpTooLargeError,
  type RequestLimit,
} from '../http/index.ts';
export {
  type DeliveryOptions,
  fileWatchState,
  memoryWatchState,
  PagedSource,
  type WatchState,
} from '../paging/index.ts';
export type { CategoryNode, Dataset, Dimension, Provider, ProviderTree } from './catalog.ts';
export { type Dbnomics, dbnomics, type ListOptions } from './dbnomics.ts';
export type { DbnomicsOptions } from './dbnomicsApi.ts';
export { DbnomicsNotFoundError, DbnomicsRequestError, DbnomicsShapeError, SeriesError } from './dbnomicsErrors.ts';
export type { Facets } from './facets.ts';
export type { Filter } from './filter.ts';
export type { ObservationValue } from './observationValue.ts';
export type { ProviderHealth } from './providerHealth.ts';
export type { Observation, Series, SeriesObservation } from './series.ts';
export type { DatasetSelection, SeriesProgress, SeriesQuery, SeriesSelection } from './seriesQuery.ts';
export type { Revision, SeriesChange, WatchOptions } from './watch.ts';
