import { SluiceError } from '../../core/errors.ts';

export interface HttpErrorDetails {
  readonly cause?: unknown;
  /** The address that was asked, without secrets. */
  readonly url: string;
  readonly status?: number | undefined;
  /** The beginning of the body, without secrets: at most 200 characters. */
  readonly excerpt?: string | undefined;
  /** The same request may succeed later, unchanged. */
  readonly retryable: boolean;
}

/** What went wrong between here and a server of HTTP. Neither message, address nor excerpt shows a key. */
export class HttpError extends SluiceError {
  readonly url: string;
  readonly status: number | undefined;
  readonly excerpt: string | undefined;
  readonly retryable: boolean;

  constructor(code: string, message: string, details: HttpErrorDetails) {
    super(code, message, 'cause' in details ? { cause: details.cause } : {});
    this.url = details.url;
    this.status = details.status;
    this.excerpt = details.excerpt;
    this.retryable = details.retryable;
  }
}

/** A status other than success. */
export class HttpStatusError extends HttpError {
  constructor(
    message: string,
    details: HttpErrorDetails,
    /** The body, if it was JSON. */
    readonly body?: unknown,
  ) {
    super('HTTP_STATUS', message, details);
  }
}

/** The server wants fewer requests: 429, or a wait that is longer than `maxWaitMs`. */
export class HttpRateLimitError extends HttpError {
  constructor(
    message: string,
    details: HttpErrorDetails,
    /** How long the server said to wait, in ms. Undefined if it did not say. */
    readonly retryAfterMs: number | undefined,
  ) {
    super('HTTP_RATE_LIMIT', message, details);
  }
}

/** The server was not reached, or the connection was cut. */
export class HttpNetworkError extends HttpError {
  constructor(
    message: string,
    details: HttpErrorDetails,
    /** Of the system or of `fetch`: `ECONNREFUSED`, `UND_ERR_SOCKET`, … */
    readonly networkCode: string | undefined,
  ) {
    super('HTTP_NETWORK', message, details);
  }
}

/** An error that its code tells from others, and nothing else. */
function coded(code: string) {
  return class extends HttpError {
    constructor(message: string, details: HttpErrorDetails) {
      super(code, message, details);
    }
  };
}

/** The answer, its next bytes or its end did not come in time. */
export class HttpTimeoutError extends coded('HTTP_TIMEOUT') {}

/** The body, decompressed, is larger than `maxBodyBytes`; reading stopped there. */
export class HttpTooLargeError extends coded('HTTP_TOO_LARGE') {}

/** Too many redirects, one that leads nowhere, or one to what is not safe to follow. */
export class HttpRedirectError extends coded('HTTP_REDIRECT') {}

/** Something else came where JSON was expected: HTML, broken JSON, bytes that are no text. */
export class HttpContentError extends coded('HTTP_CONTENT') {}

/** So many requests failed that none is sent for a while. */
export class HttpCircuitOpenError extends coded('HTTP_CIRCUIT_OPEN') {}

/** A body that was cut can't be gone on with: the server has another one by now. */
export class HttpChangedError extends coded('HTTP_CHANGED') {}
