export { HttpClient, type HttpClientOptions, type HttpReply, type HttpRequest, type QueryValue } from './httpClient.ts';
export {
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
export type { CircuitOptions, HttpOptions, RequestLimit } from './httpOptions.ts';
export type { SeenLimit } from './pace.ts';
