import { asapScheduler, type Observable, type SchedulerLike, type Subscription, timer } from 'rxjs';
import { toError } from '../../core/errors.ts';
import type { EntryRef } from '../../core/store.ts';
import { StoreError } from '../../core/storeErrors.ts';
import { backoffMs } from '../../internal/backoff.ts';
import { Fifo } from '../../internal/fifo.ts';
import { TimeSlice } from '../../internal/timeSlice.ts';
import type { Parcel } from './parcel.ts';

/** How long a store that answers at once is sent to before timers and sockets get their turn, in ms. */
const SLICE_MS = 4;

export interface LaneOptions {
  append(parcels: readonly Parcel[]): Observable<readonly EntryRef[]>;
  /** How long the first waits for company, in ms. */
  readonly lingerMs: number;
  /** The most records of one append. */
  readonly maxBatch: number;
  /** The most bytes of one append, unless a single record has more. */
  readonly maxBatchBytes: number;
  /** How long to try again while the store can't be reached or is full, in ms. */
  readonly timeoutMs: number;
  readonly scheduler: SchedulerLike;
  /** Called once for each parcel that has left the lane: with where the store keeps it, or with why it doesn't. */
  gone(parcel: Parcel, error: Error | undefined, ref: EntryRef | undefined): void;
}

/**
 * The records of one tier on their way to one stream, in order. With nothing under way it sends at once, with all that
 * came in the same turn; while an append is under way, records gather for the next.
 */
export class Lane {
  private readonly queue = new Fifo<Parcel>();
  private sending: readonly Parcel[] = [];
  private scheduled: Subscription | undefined;
  private flushing = false;
  private readonly slice: TimeSlice;

  constructor(private readonly options: LaneOptions) {
    this.slice = new TimeSlice(SLICE_MS, options.scheduler, () => this.flush());
  }

  /** Records that the store does not have yet. */
  get size(): number {
    return this.queue.size + this.sending.length;
  }

  push(parcel: Parcel): void {
    this.queue.push(parcel);
    if (this.sending.length > 0) return;
    const { lingerMs, maxBatch, scheduler } = this.options;
    if (this.queue.size === maxBatch && lingerMs > 0) return this.flush();
    if (this.scheduled) return;
    this.scheduled =
      lingerMs > 0
        ? timer(lingerMs, scheduler).subscribe(() => this.flush())
        : asapScheduler.schedule(() => this.flush());
  }

  /** Sends without lingering any longer. */
  flush(): void {
    this.scheduled?.unsubscribe();
    this.scheduled = undefined;
    if (this.flushing) return;
    this.flushing = true;
    // A loop: a store that answers at once ends each append before the next begins.
    try {
      while (this.sending.length === 0 && this.queue.size > 0 && this.slice.open) this.sendNext();
    } finally {
      this.flushing = false;
    }
  }

  private sendNext(): void {
    this.sending = this.queue.shiftMany(this.batchSize());
    this.send(this.sending, 1);
  }

  /** Takes the oldest record that is not under way out of the lane. */
  dropOldest(): Parcel | undefined {
    return this.queue.shift();
  }

  /** Refuses whatever the store has not confirmed. */
  refuse(error: Error): void {
    this.scheduled?.unsubscribe();
    const parcels = [...this.sending, ...this.queue.shiftMany(this.queue.size)];
    this.sending = [];
    for (const parcel of parcels) this.options.gone(parcel, error, undefined);
  }

  private send(batch: readonly Parcel[], attempt: number): void {
    let refs: readonly EntryRef[] = [];
    this.options.append(batch).subscribe({
      next: (ids) => {
        refs = ids;
      },
      complete: () => this.over(batch, undefined, refs),
      error: (cause) => this.failed(batch, toError(cause), attempt),
    });
  }

  /** Tries again what may pass, but no longer than each of them may take. */
  private failed(batch: readonly Parcel[], error: Error, attempt: number): void {
    if (batch !== this.sending) return;
    if (!(error instanceof StoreError && error.retryable)) return this.over(batch, error, []);
    const { scheduler, timeoutMs } = this.options;
    const latest = scheduler.now() - timeoutMs;
    const rest = batch.filter((parcel) => parcel.at > latest);
    this.sending = rest;
    for (const parcel of batch) if (parcel.at <= latest) this.options.gone(parcel, error, undefined);
    if (rest.length === 0) return this.flush();
    timer(backoffMs(attempt, { initialMs: 50, maxMs: 2_000 }), scheduler).subscribe(() => {
      if (rest === this.sending) this.send(rest, attempt + 1);
    });
  }

  private over(batch: readonly Parcel[], error: Error | undefined, refs: readonly EntryRef[]): void {
    if (batch !== this.sending) return;
    this.sending = [];
    this.flush();
    for (let i = 0; i < batch.length; i += 1) this.options.gone(batch[i] as Parcel, error, refs[i]);
  }

  private batchSize(): number {
    const { maxBatch, maxBatchBytes } = this.options;
    const most = Math.min(maxBatch, this.queue.size);
    let bytes = 0;
    for (let i = 0; i < most; i += 1) {
      bytes += (this.queue.at(i) as Parcel).bytes;
      if (i > 0 && bytes > maxBatchBytes) return i;
    }
    return most;
  }
}
