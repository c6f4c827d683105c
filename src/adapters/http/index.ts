export { exactJson, exactNumber } from './exactJson.ts';
export { HttpClient, type HttpClientOptions } from './httpClient.ts';
export {
  HttpChangedError,
  HttpCircuitOpenError,
  HttpContentError,
  HttpError,
  type HttpErrorDetails,
  HttpNetworkError,
  HttpRateLimitError,
  HttpRedirectError,
  HttpStatusError,
  HttpTimeoutError,
  HttpTooLargeError,
} from './httpErrors.ts';
export { type CircuitOptions, HTTP_OPTION_NAMES, type HttpOptions, type RequestLimit } from './httpOptions.ts';
export type { HttpHead, HttpReply, HttpRequest, QueryValue } from './httpRequest.ts';
export type { SeenLimit } from './pace.ts';
export { passing } from './passing.ts';
export { shownAddress } from './shownAddress.ts';
