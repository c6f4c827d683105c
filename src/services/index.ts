export type { AnswerOf, EndpointsOf, ParamsOf, ReplyOf } from './client/clientTypes.ts';
export {
  type ClientPort,
  type ServiceClient,
  type ServiceRequestOptions,
  serviceClient,
} from './client/serviceClient.ts';
export { type DatagovServiceOptions, datagovService } from './datagov/datagovService.ts';
export type { DatagovEndpoints, DatagovHealthAnswer } from './datagov/endpoints.ts';
export type { DataServiceOptions, DataServicePort } from './dataService.ts';
export { type DbnomicsServiceOptions, dbnomicsService } from './dbnomics/dbnomicsService.ts';
export type {
  DatasetAnswer,
  DbnomicsEndpoints,
  DbnomicsHealthAnswer,
  DimensionAnswer,
} from './dbnomics/endpoints.ts';
export {
  type AnyEndpoint,
  type Endpoint,
  type EndpointContext,
  type EndpointOptions,
  type Endpoints,
  endpoint,
  type Items,
  type PagedEndpoint,
  type PagedEndpointOptions,
  pagedEndpoint,
} from './endpoint.ts';
export { EndpointError, type EndpointErrorOptions } from './endpointError.ts';
export type {
  CacheMark,
  ErrorReply,
  Failure,
  PagedAnswer,
  PageReply,
  ProgressReply,
  Reply,
  ResultReply,
  Warning,
} from './reply.ts';
export { type Service, type ServiceOptions, type ServicePort, type ServiceRunOptions, service } from './service.ts';
export type { EndpointMetrics, ServiceMetrics } from './serviceBooks.ts';
export type { ServiceHealth, UpstreamHealth } from './serviceHealth.ts';
export type { RequestEnvelope } from './serving/serviceRequest.ts';
