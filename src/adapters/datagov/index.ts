export {
  type CircuitOptions,
  HttpChangedError,
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
  type SeenLimit,
} from '../http/index.ts';
export {
  type DeliveryOptions,
  fileWatchState,
  memoryWatchState,
  PagedSource,
  type WatchState,
} from '../paging/index.ts';
export type { CatalogDataset, DatasetOrganization } from './catalogDataset.ts';
export type {
  CatalogStats,
  KeywordCount,
  KeywordsOptions,
  Location,
  LocationShape,
  LocationsOptions,
  Organization,
  PublisherCount,
} from './catalogLists.ts';
export { type Datagov, datagov } from './datagov.ts';
export type { DatagovOptions } from './datagovApi.ts';
export {
  DatagovCursorError,
  DatagovKeyError,
  DatagovNotFoundError,
  DatagovRequestError,
  DatagovShapeError,
} from './datagovErrors.ts';
export type { Distribution } from './distribution.ts';
export { BadRowError, DownloadEncodingError, DownloadFormatError } from './download/downloadErrors.ts';
export type { DownloadFormat, DownloadOptions, DownloadProgress, Row } from './download/downloadOptions.ts';
export type { GeoJsonGeometry } from './geoJson.ts';
export type { HarvestRaw, HarvestRecord } from './harvestRecord.ts';
export type { SearchNotice } from './searchNotice.ts';
export type { CatalogFilter, OrganizationType, SearchProgress, SearchQuery, SortOrder } from './searchQuery.ts';
export type { WatchCatalogOptions } from './watchOptions.ts';
