import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { asyncScheduler, Observable } from 'rxjs';
import { toError } from '../../core/errors.ts';
import { bodyText } from './bodyText.ts';
import type { Exchange, ExchangeOptions } from './exchange.ts';
import { HttpCircuitOpenError, HttpError, HttpRateLimitError } from './httpErrors.ts';
import { checkHttpOptions, HTTP_DEFAULTS, type HttpOptions } from './httpOptions.ts';
import { type HttpHead, type HttpReply, type HttpRequest, Outbox } from './httpRequest.ts';
import { type Opened, Opening, type OpeningOptions } from './opened.ts';
import { paceOf, type SeenLimit } from './pace.ts';
import { parsedJson } from './parsedJson.ts';
import { type Persistence, persistently } from './persistently.ts';
import { Redaction } from './redaction.ts';
import { ResumingBody } from './resumingBody.ts';
import { Turns } from './turns.ts';

export interface HttpClientOptions extends HttpOptions {
  /** What paths are added to. http or https. */
  readonly baseUrl: string | URL;
  /** The key and the header it goes in; nothing that can be read shows it. @default none */
  readonly key?: { readonly header: string; readonly value: string };
}

/**
 * Asks an API over HTTP. Each call is cold: it asks when subscribed, and unsubscribing aborts it, be it on the wire, in a
 * wait between attempts or in line for the rate limit.
 *
 * What can be retried is (`retryable`), after growing waits or those that the server asks for; requests are taken for
 * idempotent. All clients of one key and origin in the process heed the same waits. Each attempt is a CLIENT span.
 *
 * Memory: the body, at most `maxBodyBytes` decompressed; of `bytes`, a piece of it. Errors: an `HttpError`.
 *
 * @throws {InvalidOptionError} if an option is out of its bounds
 */
export class HttpClient {
  private readonly outbox: Outbox;
  private readonly opening: OpeningOptions;
  private readonly persistence: Persistence;
  private readonly turns: Turns;
  private readonly breaker: CircuitBreakerPolicy;

  constructor(options: HttpClientOptions) {
    checkHttpOptions(options);
    const { baseUrl, key, limit, circuit = {}, scheduler = asyncScheduler, maxWaitMs = 300_000 } = options;
    const { attempts = 5, backoff = { initialMs: 500 } } = options;
    this.outbox = new Outbox(baseUrl, key);
    const { base } = this.outbox;
    const pace = paceOf(base.origin, key?.value ?? '');
    const exchange: ExchangeOptions = {
      ...HTTP_DEFAULTS,
      ...defined(options),
      // Looked up at the call: whoever replaces the global one later is heard.
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      redaction: new Redaction(key ? [key.value] : []),
      scheduler,
    };
    this.opening = { exchange, pace, backoff };
    this.persistence = { attempts, backoff, scheduler };
    const url = exchange.redaction.url(base);
    this.turns = new Turns({ pace, limit, maxWaitMs, scheduler, url, host: base.host });
    this.breaker = circuitBreaker(handleWhen(countsAsDown), {
      breaker: new ConsecutiveBreaker(circuit.failures ?? 20),
      halfOpenAfter: circuit.restMs ?? 30_000,
    });
  }

  /** What the server last said of its limit. */
  get limit(): SeenLimit {
    return this.opening.pace.seen;
  }

  /** Asks for JSON. Numbers that a double can't hold come as their text. Emits one reply and completes. */
  json(request: HttpRequest): Observable<HttpReply> {
    const { redaction } = this.opening.exchange;
    return this.read(request, (text, head) => parsedJson(text, head, redaction));
  }

  /** Asks for text, in UTF-8. Emits one reply and completes. */
  text(request: HttpRequest): Observable<HttpReply<string>> {
    return this.read(request, (text) => text);
  }

  /**
   * Reads a body piece by piece, as fast as it is taken: nothing is asked before the first `next()`, and `return()` aborts.
   * A body that is cut is gone on with: by `Range`, where the server can be trusted to have the same one still; else it is
   * asked for anew, and what was given out is left out if it is the same. Each new MiB has all attempts and
   * all of `totalMs`. Errors: `HttpChangedError` when the server has another body by now.
   *
   * @param onHead takes the first answer's headers
   */
  bytes(request: HttpRequest, onHead?: (head: HttpHead) => void): AsyncIterableIterator<Uint8Array> {
    const open = (one: HttpRequest) => persistently((count) => this.opened(one, count), this.persistence);
    return new ResumingBody(request, open, this.persistence, onHead);
  }

  private read<T>(request: HttpRequest, parse: (text: string, head: HttpHead) => T): Observable<HttpReply<T>> {
    const read = async (opened: Opened) => {
      const { exchange, response, status, headers, url, end } = opened;
      try {
        const body = parse(await bodyText(exchange.body(response), exchange), opened);
        end();
        return { status, headers, url, body };
      } catch (cause) {
        end(toError(cause));
        throw cause;
      }
    };
    return persistently((count) => this.attempt(request, count, read, true), this.persistence);
  }

  /** As an attempt, but what it emits lives on: whoever takes it stops it. */
  private opened(request: HttpRequest, count: number): Observable<Opened> {
    return this.attempt(request, count, async (opened) => opened, false);
  }

  private attempt<T>(
    request: HttpRequest,
    count: number,
    use: (opened: Opened) => Promise<T>,
    stops: boolean,
  ): Observable<T> {
    return new Observable<T>((subscriber) => {
      let exchange: Exchange | undefined;
      let handedOn = false;
      const run = async () => {
        await this.turns.next(subscriber);
        if (subscriber.closed) return;
        const opening = new Opening(this.outbox.outgoing(request), this.opening);
        exchange = opening.exchange;
        const result = await this.guarded(async () => use(await opening.open(count)), exchange.shown);
        handedOn = !stops && !subscriber.closed;
        subscriber.next(result);
        subscriber.complete();
      };
      run().catch((cause) => subscriber.error(cause));
      return () => {
        if (!handedOn) exchange?.stop();
      };
    });
  }

  /** Runs what the breaker should know of. */
  private async guarded<T>(run: () => Promise<T>, url: string): Promise<T> {
    try {
      return await this.breaker.execute(run);
    } catch (cause) {
      if (!(cause instanceof BrokenCircuitError)) throw cause;
      const message = `nothing is sent to ${this.outbox.base.host} for a while: too many requests in a row failed`;
      throw new HttpCircuitOpenError(message, { url, retryable: true });
    }
  }
}

/** Too much asked is not the same as down; neither is what this side sent wrong. */
function countsAsDown(error: unknown): boolean {
  return error instanceof HttpError && error.retryable && !(error instanceof HttpRateLimitError);
}

function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
