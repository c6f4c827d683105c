import { firstValueFrom, type Observable, Subject, takeUntil, timer } from 'rxjs';
import { toError } from '../../core/errors.ts';
import { backoffMs } from '../../internal/backoff.ts';
import { contentRange } from './contentRange.ts';
import { GivenOut } from './givenOut.ts';
import { HttpChangedError, HttpNetworkError, HttpStatusError } from './httpErrors.ts';
import type { HttpHead, HttpRequest } from './httpRequest.ts';
import type { Opened } from './opened.ts';
import { type Persistence, worthAnother } from './persistently.ts';
import { strongValidator } from './strongValidator.ts';

/** What counts as getting on. */
const RENEW_BYTES = 1_048_576;

/**
 * A body that outlives its connections.
 *
 * | the first answer                         | after a cut                                          |
 * |------------------------------------------|------------------------------------------------------|
 * | not compressed, with a strong validator  | `Range`, `If-Range`: 206 goes on, 200 is the whole   |
 * | anything else                            | the whole                                            |
 *
 * Of the whole, what was given out is left out once its CRC-32 is seen to be the same.
 */
export class ResumingBody implements AsyncIterableIterator<Uint8Array> {
  private readonly gone = new Subject<void>();
  private left = false;
  private opened: Opened | undefined;
  private chunks: AsyncIterator<Uint8Array> | undefined;
  private validator: string | undefined;
  /** The address that answered last, as it may be shown. */
  private url = '';
  private failures = 0;
  private readonly given = new GivenOut();
  private sinceFailure = 0;
  /** Bytes of the whole, where a part says so. */
  private total: number | undefined;

  constructor(
    private readonly request: HttpRequest,
    private readonly open: (request: HttpRequest) => Observable<Opened>,
    private readonly persistence: Persistence,
    private onHead: ((head: HttpHead) => void) | undefined,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (!this.left) {
      try {
        const chunk = await this.piece();
        if (chunk && !this.left) return { done: false, value: chunk };
        if (!chunk) break;
      } catch (cause) {
        if (!this.left) await this.recover(toError(cause));
      }
    }
    this.leave();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.leave();
    return { done: true, value: undefined };
  }

  /** The next new bytes; nothing at the end. */
  private async piece(): Promise<Uint8Array | undefined> {
    this.chunks ??= await this.begin();
    for (let next = await this.chunks?.next(); next && !next.done; next = await this.chunks?.next()) {
      const fresh = this.given.take(next.value);
      if (!fresh) throw this.changed('differs');
      if (fresh.byteLength === 0) continue;
      this.sinceFailure += fresh.byteLength;
      if (this.sinceFailure >= RENEW_BYTES) this.failures = 0;
      return fresh;
    }
    if (this.given.awaited) throw this.changed('is shorter');
    if (this.total !== undefined && this.given.bytes < this.total) throw this.cutShort(this.total);
    return undefined;
  }

  private async begin(): Promise<AsyncIterator<Uint8Array> | undefined> {
    const { validator } = this;
    const got = this.given.bytes;
    const ranged = got > 0 && validator !== undefined;
    const range = { range: `bytes=${got}-`, 'if-range': validator ?? '', 'accept-encoding': 'identity' };
    const headers = { ...this.request.headers, ...(ranged && range) };
    const asked = this.open({ ...this.request, headers }).pipe(takeUntil(this.gone));
    const opened = await firstValueFrom(asked, { defaultValue: undefined }).catch((cause: unknown) => {
      if (ranged && cause instanceof HttpStatusError && cause.status === 416) return 'nothing behind' as const;
      throw cause;
    });
    if (!opened) return undefined;
    if (opened === 'nothing behind') {
      // It was all of it, or is shorter by now: the whole tells.
      this.validator = undefined;
      return this.begin();
    }
    this.opened = opened;
    this.url = opened.url;
    if (this.left) this.close();
    if (got === 0) this.meet(opened);
    const goesOn = opened.status === 206;
    this.total = goesOn ? this.totalOf(opened.headers) : undefined;
    this.given.expect(goesOn ? 'new' : 'beginning');
    const before = goesOn ? got : 0;
    return opened.exchange.body(opened.response, { before, renewBytes: RENEW_BYTES });
  }

  /** The first answer says what can be done about a cut. */
  private meet(opened: Opened): void {
    const { headers } = opened;
    this.validator = headers.has('content-encoding') ? undefined : strongValidator(headers);
    this.onHead?.(opened);
    this.onHead = undefined;
  }

  /** What a part says of the whole, if it is a part of the same: not every server heeds `If-Range`. */
  private totalOf(headers: Headers): number | undefined {
    const range = contentRange(headers);
    if (range?.start !== this.given.bytes) throw this.changed('begins elsewhere');
    const { validator } = this;
    const now = validator?.startsWith('"') ? headers.get('etag') : headers.get('last-modified');
    if (validator !== undefined && now !== null && now !== validator) throw this.changed('differs');
    return range.total;
  }

  private async recover(error: Error): Promise<void> {
    this.close(error);
    this.failures += 1;
    this.sinceFailure = 0;
    const { attempts, backoff, scheduler } = this.persistence;
    // Opening tried as often as it may already.
    if (!this.opened || !worthAnother(error) || this.failures >= attempts) {
      this.leave();
      throw error;
    }
    this.opened = undefined;
    const wait = timer(backoffMs(this.failures, backoff), scheduler).pipe(takeUntil(this.gone));
    await firstValueFrom(wait, { defaultValue: 0 });
  }

  private changed(how: string): HttpChangedError {
    const { given, url } = this;
    const message = `${url} was cut after ${given.bytes} bytes, and what the server has now ${how}: begin anew`;
    return new HttpChangedError(message, { url, retryable: false });
  }

  /** A part may be smaller than what was asked for. */
  private cutShort(total: number): HttpNetworkError {
    const { given, url } = this;
    return new HttpNetworkError(
      `${url} ended after ${given.bytes} of ${total} bytes`,
      { url, retryable: true },
      undefined,
    );
  }

  private leave(): void {
    this.left = true;
    this.gone.next();
    this.close();
  }

  private close(error?: Error): void {
    this.opened?.end(error);
    this.opened?.exchange.stop();
    this.chunks = undefined;
  }
}
