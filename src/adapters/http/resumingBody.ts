import { crc32 } from 'node:zlib';
import { firstValueFrom, type Observable, Subject, takeUntil, timer } from 'rxjs';
import { toError } from '../../core/errors.ts';
import { backoffMs } from '../../internal/backoff.ts';
import { HttpChangedError, HttpStatusError } from './httpErrors.ts';
import type { HttpHead, HttpRequest } from './httpRequest.ts';
import type { Opened } from './opened.ts';
import { type Persistence, worthAnother } from './persistently.ts';

/** What counts as getting on. */
const RENEW_BYTES = 1_048_576;

/**
 * A body that outlives its connections.
 *
 * | the first answer                         | after a cut                                          |
 * |------------------------------------------|------------------------------------------------------|
 * | not compressed, with a strong `ETag` or a `Last-Modified` | `Range`, `If-Range`: 206 goes on, 200 is the whole |
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
  private failures = 0;
  /** Bytes given out, and their CRC-32. */
  private got = 0;
  private sum = 0;
  private sinceFailure = 0;
  /** Of the body that is asked for anew: the bytes to be left out, and the CRC-32 of those that were. */
  private toSkip = 0;
  private skippedSum = 0;

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
      const fresh = this.afterSkipping(next.value);
      if (fresh.byteLength === 0) continue;
      this.got += fresh.byteLength;
      this.sum = crc32(fresh, this.sum);
      this.sinceFailure += fresh.byteLength;
      if (this.sinceFailure >= RENEW_BYTES) this.failures = 0;
      return fresh;
    }
    if (this.toSkip > 0) throw this.changed('is shorter');
    return undefined;
  }

  private async begin(): Promise<AsyncIterator<Uint8Array> | undefined> {
    const { got, validator } = this;
    const ranged = got > 0 && validator !== undefined;
    const range = { range: `bytes=${got}-`, 'if-range': validator ?? '', 'accept-encoding': 'identity' };
    const headers = { ...this.request.headers, ...(ranged && range) };
    const asked = this.open({ ...this.request, headers }).pipe(takeUntil(this.gone));
    const opened = await firstValueFrom(asked, { defaultValue: undefined }).catch((cause: unknown) => {
      throw cause instanceof HttpStatusError && cause.status === 416 ? this.changed('is shorter') : cause;
    });
    if (!opened) return undefined;
    this.opened = opened;
    if (this.left) this.close();
    if (got === 0) this.meet(opened);
    const goesOn = opened.status === 206 && startOf(opened.headers) === got;
    if (opened.status === 206 && !goesOn) throw this.changed('begins elsewhere');
    this.toSkip = goesOn ? 0 : got;
    this.skippedSum = 0;
    const before = goesOn ? got : 0;
    return opened.exchange.body(opened.response, { before, renewBytes: RENEW_BYTES });
  }

  /** The first answer says what can be done about a cut. */
  private meet(opened: Opened): void {
    const { headers } = opened;
    const etag = headers.get('etag');
    const strong = etag !== null && !etag.startsWith('W/') ? etag : undefined;
    this.validator = headers.has('content-encoding')
      ? undefined
      : (strong ?? headers.get('last-modified') ?? undefined);
    this.onHead?.(opened);
    this.onHead = undefined;
  }

  private afterSkipping(chunk: Uint8Array): Uint8Array {
    if (this.toSkip === 0) return chunk;
    const known = chunk.subarray(0, this.toSkip);
    this.skippedSum = crc32(known, this.skippedSum);
    this.toSkip -= known.byteLength;
    if (this.toSkip === 0 && this.skippedSum !== this.sum) throw this.changed('differs');
    return chunk.subarray(known.byteLength);
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
    const url = this.opened?.url ?? String(this.request.path);
    const message = `${url} was cut after ${this.got} bytes, and what the server has now ${how}: begin anew`;
    return new HttpChangedError(message, { url, retryable: false });
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

function startOf(headers: Headers): number | undefined {
  const start = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}
