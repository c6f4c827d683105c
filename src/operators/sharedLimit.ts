import { lastValueFrom, Observable, type SchedulerLike, Subject, Subscription, take, tap, timer } from 'rxjs';
import { toError } from '../core/errors.ts';
import type { Notify } from '../core/notice.ts';
import type { RateLimits, StreamStore, TokenGrant } from '../core/store.ts';
import { StoreError } from '../core/storeErrors.ts';
import { backoffMs } from '../internal/backoff.ts';
import { type RateLimit, type RateLimitOptions, rateLimits } from './rateLimit.ts';

export interface SharedLimitOptions {
  readonly store: Pick<StreamStore, 'takeTokens' | 'setLimits'>;
  readonly name: string;
  /** What the limit begins with, if the store does not know it. */
  readonly limits: RateLimits;
  readonly notify: Notify;
  readonly scheduler: SchedulerLike;
}

/** A block is at most what the limit brings in this time, in ms. */
const BLOCK_MS = 50;
/** How long to let tokens gather at the store before the next block is asked for, in ms. */
const GATHER_MS = 20;
/** How late a change that another process made may be noticed by one that waits, in ms. */
const NOTICE_MS = 1_000;
/** The longest backoff after failures, and the longest pause of all, in ms. */
const LONGEST_PAUSE_MS = 2_000;

/**
 * A limit that all processes on a store share. The tokens are the store's; what is taken ahead, so that a fast stream does
 * not ask for each, is a block that this process used as quickly as that lately.
 *
 * | state  | event                              | next   | effect                                               |
 * |--------|------------------------------------|--------|------------------------------------------------------|
 * | idle   | somebody waits for tokens          | asking | a block, or what they could use, is asked for        |
 * | asking | tokens                             | idle   | those who wait are told to try                       |
 * | asking | none, or fewer than could be used  | paused | asks again when there are more, within a second      |
 * | asking | the store can't be used now        | paused | a notice, once; asks again after a backoff           |
 * | asking | the store refuses for good         | idle   | those who wait get the error                         |
 * | paused | the time; `set`                    | asking | if anyone still waits                                |
 */
export class SharedLimit implements RateLimit {
  private current: RateLimits;
  /** Tokens taken and not used yet. */
  private stash = 0;
  private block = 1;
  private grantedMs = -Infinity;
  private readonly waiting = new Map<Subject<void>, number>();
  private asking = false;
  private notBeforeMs = -Infinity;
  private pause = Subscription.EMPTY;
  private failures = 0;

  constructor(private readonly options: SharedLimitOptions) {
    this.current = options.limits;
  }

  get limits(): RateLimits {
    return this.current;
  }

  async set(limits: RateLimitOptions): Promise<void> {
    const checked = rateLimits(limits);
    const { store, name } = this.options;
    await lastValueFrom(store.setLimits(name, checked).pipe(tap(() => this.changed(checked))));
  }

  take(): boolean {
    if (this.stash === 0) return false;
    this.stash -= 1;
    return true;
  }

  ready(want: number): Observable<void> {
    return new Observable<void>((subscriber) => {
      const turn = new Subject<void>();
      turn.pipe(take(1)).subscribe(subscriber);
      this.waiting.set(turn, want);
      this.ask();
      return () => {
        this.waiting.delete(turn);
        if (this.waiting.size === 0) this.pause.unsubscribe();
      };
    });
  }

  private changed(limits: RateLimits): void {
    this.current = limits;
    this.notBeforeMs = -Infinity;
    this.ask();
  }

  private ask(): void {
    this.pause.unsubscribe();
    if (this.asking || this.waiting.size === 0) return;
    const { scheduler, store, name, limits } = this.options;
    // No longer than any pause, and over once it has been: the clock may have been put back.
    const pauseMs = Math.min(LONGEST_PAUSE_MS, this.notBeforeMs - scheduler.now());
    if (pauseMs > 0) {
      this.pause = timer(pauseMs, scheduler).subscribe(() => this.rested());
      return;
    }
    this.asking = true;
    const want = this.want(scheduler.now());
    store.takeTokens(name, { want, limits }).subscribe({
      next: (grant) => this.granted(grant, want),
      error: (cause) => this.failed(toError(cause)),
    });
  }

  private rested(): void {
    this.notBeforeMs = -Infinity;
    this.ask();
  }

  /** What those who wait could use; a block, which grows while blocks are used up quickly. */
  private want(nowMs: number): number {
    const { rate, burst } = this.current;
    const most = Math.max(1, Math.floor((rate * BLOCK_MS) / 1_000));
    this.block = nowMs - this.grantedMs <= BLOCK_MS ? Math.min(this.block * 2, most) : 1;
    return Math.min(burst, Math.max(this.block, this.wanted()));
  }

  private wanted(): number {
    let sum = 0;
    for (const want of this.waiting.values()) sum += want;
    return sum;
  }

  private granted({ granted, waitMs, limits }: TokenGrant, want: number): void {
    const nowMs = this.options.scheduler.now();
    this.asking = false;
    this.failures = 0;
    this.current = limits;
    // Who wanted them may have gone: what is more than a block is not kept.
    this.stash += Math.min(granted, Math.max(this.block, this.wanted()));
    if (granted > 0) this.grantedMs = nowMs;
    if (granted < want) this.notBeforeMs = nowMs + this.gatherMs(waitMs);
    this.tell();
    this.ask();
  }

  /** No longer than it takes to half fill, or tokens would be lost at the store meanwhile. */
  private gatherMs(waitMs: number): number {
    const { rate, burst } = this.current;
    return Math.min(NOTICE_MS, Math.max(waitMs, Math.min(GATHER_MS, (burst * 500) / rate)));
  }

  /** Those who still want after that wait anew. */
  private tell(): void {
    for (const turn of [...this.waiting.keys()]) {
      if (this.stash === 0) return;
      // Before it is told: it may come back at once, as another.
      this.waiting.delete(turn);
      turn.next();
    }
  }

  private failed(error: Error): void {
    this.asking = false;
    const { name, notify, scheduler } = this.options;
    if (!(error instanceof StoreError && error.retryable)) {
      for (const turn of [...this.waiting.keys()]) turn.error(error);
      return;
    }
    this.failures += 1;
    if (this.failures === 1) {
      const message = `limit '${name}' can't be asked for tokens, what it holds up waits: ${error.message}`;
      notify({ level: 'warn', code: 'STORE_RETRY', message, error });
    }
    this.notBeforeMs = scheduler.now() + backoffMs(this.failures, { initialMs: 50, maxMs: LONGEST_PAUSE_MS });
    this.ask();
  }
}
