import { asyncScheduler, Observable, type SchedulerLike, type Subscriber, type Subscription, timer } from 'rxjs';
import { toError } from '../core/errors.ts';
import type { Settlement } from '../core/store.ts';
import { backoffMs } from '../internal/backoff.ts';

/** How an outbox reaches the store. */
export interface OutboxPort {
  send(batch: readonly Settlement[]): Observable<void>;
  /** Whether to send the batch again after a wait; false drops it. */
  failed(error: Error, batch: readonly Settlement[]): boolean;
  /** Called after each batch, settled or dropped. */
  sent(): void;
}

/**
 * Settlements on their way to the store: while one batch is under way the next gathers, so a busy source settles many in
 * one step and an idle one settles at once. A batch that failed is sent again until the port gives it up.
 */
export class Outbox {
  private waiting: Settlement[] = [];
  private sending: readonly Settlement[] = NOTHING;
  private failures = 0;
  /** How many have been told or dropped. */
  private over = 0;
  /** Who waits until so many are, in order. */
  private readonly idlers: { readonly upTo: number; readonly subscriber: Subscriber<never> }[] = [];
  private dropped: Error | undefined;
  private pause: Subscription | undefined;

  constructor(
    private readonly port: OutboxPort,
    private readonly scheduler: SchedulerLike = asyncScheduler,
  ) {}

  /** Settlements that the store does not know yet. */
  get size(): number {
    return this.waiting.length + this.sending.length;
  }

  /** Settlements that the store does not know yet, oldest first. */
  *[Symbol.iterator](): Generator<Settlement> {
    yield* this.sending;
    yield* this.waiting;
  }

  add(settlement: Settlement): void {
    this.waiting.push(settlement);
  }

  /** Sends what waits, unless a batch is under way: then it goes after that. */
  flush(): void {
    if (this.sending.length > 0 || this.waiting.length === 0) return;
    this.sending = this.waiting;
    this.waiting = [];
    this.send();
  }

  /**
   * Forgets everything, for good: who waits, or asks later, hears that it was dropped.
   * @param dropped why what was forgotten counts as lost on the way
   */
  clear(dropped: Error): void {
    if (this.size > 0) this.dropped = dropped;
    this.over += this.waiting.length;
    this.waiting = [];
    this.done();
  }

  /** Forgets everything and begins anew, under another name: who waits now hears that it was dropped. */
  startAnew(dropped: Error): void {
    this.clear(dropped);
    this.dropped = undefined;
  }

  /** Completes once the store knows everything that was added so far; errors if something was dropped. */
  idle(): Observable<never> {
    return new Observable((subscriber) => {
      if (this.size === 0) return this.release(subscriber);
      this.idlers.push({ upTo: this.over + this.size, subscriber });
      this.flush();
    });
  }

  private send(): void {
    const batch = this.sending;
    this.port.send(batch).subscribe({
      complete: () => batch === this.sending && this.done(),
      error: (cause) => batch === this.sending && this.retry(toError(cause)),
    });
  }

  private retry(error: Error): void {
    const batch = this.sending;
    const again = this.port.failed(error, batch);
    // The port may have begun anew meanwhile.
    if (batch !== this.sending) return;
    if (!again) {
      this.dropped ??= error;
      return this.done();
    }
    this.failures += 1;
    const waitMs = backoffMs(this.failures, { initialMs: 50, maxMs: 2_000 });
    this.pause = timer(waitMs, this.scheduler).subscribe(() => this.send());
  }

  private done(): void {
    this.pause?.unsubscribe();
    this.over += this.sending.length;
    this.sending = NOTHING;
    this.failures = 0;
    this.port.sent();
    this.flush();
    const waitOn = this.idlers.findIndex(({ upTo }) => upTo > this.over);
    const told = this.idlers.splice(0, waitOn < 0 ? this.idlers.length : waitOn);
    for (const { subscriber } of told) this.release(subscriber);
  }

  private release(subscriber: Subscriber<never>): void {
    if (this.dropped) subscriber.error(this.dropped);
    else subscriber.complete();
  }
}

const NOTHING: readonly Settlement[] = [];
