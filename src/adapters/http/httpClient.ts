import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { asyncScheduler, firstValueFrom, Observable, retry, throwError, timer } from 'rxjs';
import { InvalidOptionError, toError } from '../../core/errors.ts';
import { backoffMs } from '../../internal/backoff.ts';
import { LONGEST_MS } from '../../internal/longestMs.ts';
import { bodyBeginning, bodyText } from './bodyText.ts';
import { endClientSpan, startClientSpan } from './clientSpan.ts';
import { emitted } from './emitted.ts';
import { exactJson } from './exactJson.ts';
import { Exchange, type ExchangeOptions } from './exchange.ts';
import {
  HttpCircuitOpenError,
  HttpContentError,
  HttpError,
  HttpRateLimitError,
  HttpStatusError,
} from './httpErrors.ts';
import { checkHttpOptions, type HttpOptions } from './httpOptions.ts';
import { type Pace, paceOf, type SeenLimit } from './pace.ts';
import { Redaction } from './redaction.ts';
import { retryable } from './retryable.ts';

export interface HttpClientOptions extends HttpOptions {
  /** What paths are added to. http or https. */
  readonly baseUrl: string | URL;
  /** The key and the header it goes in; nothing that can be read shows it. @default none */
  readonly key?: { readonly header: string; readonly value: string };
}

export type QueryValue = string | number | boolean | undefined | readonly (string | number)[];

export interface HttpRequest {
  /** Added to `baseUrl`, encoded already; or a whole address. */
  readonly path: string | URL;
  /** Undefined values are left out; an array repeats the parameter. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON, by POST. */
  readonly json?: unknown;
  /** Sent beside `Accept`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  /** The address that answered, redirects followed, without secrets. */
  readonly url: string;
  readonly body: unknown;
}

const DEFAULTS = {
  responseMs: 30_000,
  idleMs: 30_000,
  totalMs: 300_000,
  maxBodyBytes: 67_108_864,
  maxRedirects: 5,
};
const BACKOFF = { initialMs: 500 };

/**
 * Asks an API over HTTP. Each call is a cold Observable: it asks when subscribed, and unsubscribing aborts it, be it on
 * the wire, in a wait between attempts or in line for the rate limit.
 *
 * What can be retried is (`retryable`), after growing waits or those that the server asks for; requests are taken for
 * idempotent. All clients of one key and origin in the process heed the same waits. Each attempt is a CLIENT span.
 *
 * Memory: the body, at most `maxBodyBytes` decompressed. Errors: an `HttpError`.
 *
 * @throws {InvalidOptionError} if an option is out of its bounds
 */
export class HttpClient {
  private readonly base: URL;
  private readonly exchange: ExchangeOptions;
  private readonly pace: Pace;
  private readonly breaker: CircuitBreakerPolicy;
  private readonly secretHeaders: Readonly<Record<string, string>>;

  constructor(private readonly options: HttpClientOptions) {
    checkHttpOptions(options);
    const { key, circuit = {}, scheduler = asyncScheduler } = options;
    this.base = baseOf(options.baseUrl);
    checkKey(key?.value);
    this.secretHeaders = key ? { [key.header]: key.value } : {};
    this.exchange = {
      ...DEFAULTS,
      ...defined(options),
      // Looked up at the call: whoever replaces the global one later is heard.
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      redaction: new Redaction(key ? [key.value] : []),
      scheduler,
    };
    this.pace = paceOf(this.base.origin, key?.value ?? '');
    this.breaker = circuitBreaker(handleWhen(countsAsDown), {
      breaker: new ConsecutiveBreaker(circuit.failures ?? 20),
      halfOpenAfter: circuit.restMs ?? 30_000,
    });
  }

  /** What the server last said of its limit. */
  get limit(): SeenLimit {
    return this.pace.seen;
  }

  /** Asks for JSON. Numbers that a double can't hold come as their text. Emits one reply and completes. */
  json(request: HttpRequest): Observable<HttpReply> {
    return this.persistently((attempt) => this.attempt(request, attempt));
  }

  /**
   * Reads a body piece by piece, as fast as it is taken: nothing is asked before the first `next()`, and `return()` aborts.
   * Retried until it has answered; a body that is cut throws.
   */
  async *bytes(request: HttpRequest): AsyncGenerator<Uint8Array> {
    const { exchange, response, end } = await firstValueFrom(
      this.persistently((attempt) => this.opening(request, attempt)),
    );
    try {
      yield* exchange.body(response);
      end();
    } catch (cause) {
      end(toError(cause));
      throw cause;
    } finally {
      end();
      exchange.stop();
    }
  }

  private persistently<T>(attempt: (count: number) => Observable<T>): Observable<T> {
    const { attempts = 5, backoff = BACKOFF, scheduler = asyncScheduler } = this.options;
    return new Observable<T>((subscriber) => {
      let count = 0;
      const once = new Observable<T>((one) => attempt(++count).subscribe(one));
      const again = retry<T>({
        count: attempts - 1,
        delay: (error: unknown, failed) => {
          if (!(error instanceof HttpError && error.retryable) || error instanceof HttpCircuitOpenError) {
            return throwError(() => error);
          }
          // What the server asked to wait is the pace's.
          return timer(error instanceof HttpRateLimitError ? 0 : backoffMs(failed, backoff), scheduler);
        },
      });
      return once.pipe(again).subscribe(subscriber);
    });
  }

  private attempt(request: HttpRequest, attempt: number): Observable<HttpReply> {
    return this.running(request, attempt, async (open) => {
      const { exchange, response, end } = open;
      const { status, headers } = response;
      try {
        const body = this.parse(await bodyText(exchange.body(response), exchange), open);
        end();
        return { status, headers, url: exchange.shown, body };
      } catch (cause) {
        end(toError(cause));
        throw cause;
      }
    });
  }

  /** As an attempt, but what it emits lives on: whoever takes it stops it. */
  private opening(request: HttpRequest, attempt: number): Observable<Open> {
    return this.running(request, attempt, async (open) => open, false);
  }

  private running<T>(
    request: HttpRequest,
    attempt: number,
    use: (open: Open) => Promise<T>,
    stops = true,
  ): Observable<T> {
    return new Observable<T>((subscriber) => {
      let exchange: Exchange | undefined;
      let handedOn = false;
      const run = async () => {
        await this.turn(subscriber);
        if (subscriber.closed) return;
        exchange = new Exchange(this.outgoing(request), this.exchange);
        const current = exchange;
        const result = await this.guarded(async () => use(await this.open(current, request, attempt)), current);
        handedOn = !stops;
        subscriber.next(result);
        subscriber.complete();
      };
      run().catch((cause) => subscriber.error(cause));
      return () => {
        if (!handedOn) exchange?.stop();
      };
    });
  }

  private async open(exchange: Exchange, request: HttpRequest, attempt: number): Promise<Open> {
    const { url, method } = this.outgoing(request);
    const span = startClientSpan(method, url, this.exchange.redaction.url(url), attempt);
    let status: number | undefined;
    let ended = false;
    const end = (error?: Error) => {
      if (ended) return;
      ended = true;
      endClientSpan(span, status, error);
    };
    try {
      const response = await exchange.respond();
      status = response.status;
      const asked = this.pace.heed(status, response.headers, this.now(), this.options.backoff ?? BACKOFF);
      if (!response.ok) throw await this.refusal(exchange, response, asked);
      return { exchange, response, end };
    } catch (cause) {
      end(toError(cause));
      throw cause;
    }
  }

  /** Runs what the breaker should know of. */
  private async guarded<T>(run: () => Promise<T>, exchange: Exchange): Promise<T> {
    try {
      return await this.breaker.execute(run);
    } catch (cause) {
      if (!(cause instanceof BrokenCircuitError)) throw cause;
      const message = `nothing is sent to ${this.base.host} for a while: too many requests in a row failed`;
      throw new HttpCircuitOpenError(message, { url: exchange.shown, retryable: true });
    }
  }

  /** Waits for the server's own limit, then for the shared one. */
  private async turn(subscriber: { readonly closed: boolean; add(teardown: () => void): void }): Promise<void> {
    const { limit, maxWaitMs = 300_000, scheduler = asyncScheduler } = this.options;
    for (let waitMs = this.pace.waitMs(this.now()); waitMs > 0; waitMs = this.pace.waitMs(this.now())) {
      if (waitMs > maxWaitMs) throw this.tooLong(waitMs, maxWaitMs);
      await emitted(timer(Math.min(waitMs, LONGEST_MS), scheduler), subscriber);
      if (subscriber.closed) return;
    }
    while (limit && !limit.take()) {
      await emitted(limit.ready(1), subscriber);
      if (subscriber.closed) return;
    }
  }

  private tooLong(waitMs: number, maxWaitMs: number): HttpRateLimitError {
    const url = this.exchange.redaction.url(this.base);
    const message = `${this.base.host} asks to wait ${waitMs} ms, longer than maxWaitMs (${maxWaitMs}): try again then`;
    return new HttpRateLimitError(message, { url, status: 429, retryable: false }, waitMs);
  }

  private async refusal(exchange: Exchange, response: Response, asked: number | undefined): Promise<HttpError> {
    const { status } = response;
    const text = await bodyBeginning(exchange.body(response));
    const excerpt = this.exchange.redaction.excerpt(text);
    const details = { url: exchange.shown, status, excerpt, retryable: retryable({ status }) };
    const message = `${exchange.shown} answered ${status}${excerpt === '' ? '' : `: ${excerpt}`}`;
    if (status === 429) return new HttpRateLimitError(message, details, asked);
    return new HttpStatusError(message, details, jsonOrNothing(this.exchange.redaction.text(text)));
  }

  private parse(text: string, { exchange, response }: Open): unknown {
    try {
      return exactJson(text);
    } catch (cause) {
      const what = /^\s*</.test(text) ? 'HTML' : 'what is no JSON';
      const { status } = response;
      const excerpt = this.exchange.redaction.excerpt(text);
      const message = `${exchange.shown} answered ${what} where JSON was expected: ${excerpt}`;
      // The parser's message quotes the body.
      const shown = this.exchange.redaction.cause(cause);
      throw new HttpContentError(message, {
        url: exchange.shown,
        status,
        excerpt,
        cause: shown,
        retryable: false,
      });
    }
  }

  private outgoing({ path, query = {}, json, headers = {} }: HttpRequest) {
    const url = typeof path === 'string' ? new URL(this.base.href.replace(/\/?$/, '') + path) : new URL(path);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const one of typeof value === 'object' ? value : [value]) url.searchParams.append(name, String(one));
    }
    return {
      url,
      method: json === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip, deflate, br, zstd',
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      secretHeaders: url.origin === this.base.origin ? this.secretHeaders : {},
      ...(json !== undefined && { body: JSON.stringify(json) }),
    };
  }

  private now(): number {
    return (this.options.scheduler ?? asyncScheduler).now();
  }
}

/** An answer whose body is unread. */
interface Open {
  readonly exchange: Exchange;
  readonly response: Response;
  readonly end: (error?: Error) => void;
}

/** Too much asked is not the same as down; neither is what this side sent wrong. */
function countsAsDown(error: unknown): boolean {
  return error instanceof HttpError && error.retryable && !(error instanceof HttpRateLimitError);
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function baseOf(base: string | URL): URL {
  const url = URL.canParse(String(base)) ? new URL(base) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new InvalidOptionError('baseUrl', String(base), 'an http or https address');
}

function checkKey(key: string | undefined): void {
  // The error must not show it.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new InvalidOptionError('key', 'what is not shown', 'visible ASCII characters');
  }
}

function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
