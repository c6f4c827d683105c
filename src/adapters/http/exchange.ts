import type { SchedulerLike } from 'rxjs';
import { SluiceError } from '../../core/errors.ts';
import { HttpNetworkError, HttpTimeoutError, HttpTooLargeError } from './httpErrors.ts';
import { networkCode, networkHint } from './networkCode.ts';
import type { Redaction } from './redaction.ts';
import { isRedirect, redirected } from './redirected.ts';
import { retryable } from './retryable.ts';
import { unpacked } from './unpacked.ts';
import { Watchdog } from './watchdog.ts';

export interface ExchangeOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly redaction: Redaction;
  readonly scheduler: SchedulerLike;
  readonly responseMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  readonly maxBodyBytes: number;
  readonly maxRedirects: number;
}

/** What one attempt sends. */
export interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that no other origin gets to see. */
  readonly secretHeaders: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface BodyOptions {
  /** Bytes that came by an earlier exchange: they count for the limit. @default 0 */
  readonly before?: number;
  /** Each time so many bytes have come, they have all of `totalMs` again. @default never */
  readonly renewBytes?: number;
}

/** One request and its answer, redirects followed: timeouts, sizes and the end of it all are watched over here. */
export class Exchange {
  private readonly abort = new AbortController();
  private readonly watchdog: Watchdog;
  private url: URL;

  constructor(
    private readonly outgoing: Outgoing,
    private readonly options: ExchangeOptions,
  ) {
    this.url = outgoing.url;
    this.watchdog = new Watchdog(options.scheduler, (what) => this.late(what), options.totalMs);
  }

  /** The address that answered, as it may be shown. */
  get shown(): string {
    return this.options.redaction.url(this.url);
  }

  /** The response, its body unread. */
  async respond(): Promise<Response> {
    let { method, body } = this.outgoing;
    for (let followed = 0; ; followed++) {
      const response = await this.send(method, body);
      if (!isRedirect(response)) return response;
      await response.body?.cancel();
      const mayFollow = followed < this.options.maxRedirects;
      this.url = redirected(this.url, response, mayFollow, this.shown);
      if (response.status <= 303 && method !== 'GET') [method, body] = ['GET', undefined];
    }
  }

  /** The body in pieces, decompressed: read as fast as they are taken. */
  async *body(response: Response, { before = 0, renewBytes = Infinity }: BodyOptions = {}): AsyncGenerator<Uint8Array> {
    const { maxBodyBytes } = this.options;
    let bytes = before;
    try {
      const read = this.read(response, renewBytes);
      for await (const chunk of unpacked(read, response.headers.get('content-encoding'))) {
        bytes += chunk.byteLength;
        if (bytes > maxBodyBytes) throw this.tooLarge(response.status);
        yield chunk;
      }
    } catch (cause) {
      throw this.failure(cause);
    }
  }

  /** Ends it, whatever is under way. */
  stop(): void {
    this.watchdog.rest();
    this.abort.abort(new DOMException('not wanted any more', 'AbortError'));
  }

  private async send(method: string, body: string | undefined): Promise<Response> {
    const { headers, secretHeaders, url } = this.outgoing;
    this.watchdog.expect('an answer', this.options.responseMs);
    const request = {
      method,
      headers: { ...headers, ...(this.url.origin === url.origin && secretHeaders) },
      redirect: 'manual' as const,
      signal: this.abort.signal,
      ...(body !== undefined && { body }),
    };
    try {
      const { fetch } = this.options;
      return await this.orAborted(fetch(this.url, request));
    } catch (cause) {
      throw this.failure(cause);
    } finally {
      this.watchdog.rest();
    }
  }

  private async *read(response: Response, renewBytes: number): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader();
    if (!reader) return;
    let sinceRenewal = 0;
    try {
      for (;;) {
        this.watchdog.expect('the next piece of the body', this.options.idleMs);
        const { done, value } = await this.orAborted(reader.read());
        this.watchdog.rest();
        if (done) return;
        sinceRenewal += value.byteLength;
        if (sinceRenewal >= renewBytes) {
          this.watchdog.renew();
          sinceRenewal = 0;
        }
        yield value;
      }
    } finally {
      this.watchdog.rest();
      reader.cancel().catch(() => undefined);
    }
  }

  /** Rejects when aborted, even if what is awaited does not heed it; keeps nothing of it afterwards. */
  private orAborted<T>(awaited: Promise<T>): Promise<T> {
    const { signal } = this.abort;
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort);
      const done = () => signal.removeEventListener('abort', abort);
      awaited.then(resolve, reject).finally(done);
    });
  }

  private tooLarge(status: number): HttpTooLargeError {
    const { maxBodyBytes } = this.options;
    const message = `the body of ${this.shown} is larger than ${maxBodyBytes} bytes: ask for less at once, or raise maxBodyBytes`;
    return new HttpTooLargeError(message, { url: this.shown, status, retryable: false });
  }

  private late(what: string): void {
    this.abort.abort(new HttpTimeoutError(`${what}: ${this.shown}`, { url: this.shown, retryable: true }));
  }

  private failure(thrown: unknown): Error {
    const { reason } = this.abort.signal;
    if (reason instanceof SluiceError) return reason;
    if (thrown instanceof SluiceError) return thrown;
    const code = networkCode(thrown);
    const { redaction } = this.options;
    const cause = redaction.cause(thrown);
    const why = code ?? (cause instanceof Error ? cause.message : 'the request failed');
    const details = { url: this.shown, cause, retryable: retryable({ networkCode: code }) };
    return new HttpNetworkError(`${this.shown} could not be read: ${why}${networkHint(code)}`, details, code);
  }
}
