import { randomUUID } from 'node:crypto';
import { asapScheduler, type Observable, type SchedulerLike, type Subscription, timer } from 'rxjs';
import { toError } from '../../core/errors.ts';
import type { AppendedRef, Turn } from '../../core/store.ts';
import { StoreError, StoreFullError, StoreUnavailableError } from '../../core/storeErrors.ts';
import { backoffMs } from '../../internal/backoff.ts';
import { Fifo } from '../../internal/fifo.ts';
import { TimeSlice } from '../../internal/timeSlice.ts';
import type { Parcel } from './parcel.ts';

/** How long a store that answers at once is sent to before timers and sockets get their turn, in ms. */
const SLICE_MS = 4;
/** How much later than it was sent for the last time an append may reach the store, in ms. */
const LATE_MS = 60_000;

export interface LaneOptions {
  append(parcels: readonly Parcel[], turn: Turn): Observable<readonly AppendedRef[]>;
  /** How many appends may be under way at once; more than one only if the store minds their turns. */
  readonly depth: number;
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
  gone(parcel: Parcel, error: Error | undefined, ref: AppendedRef | undefined): void;
}

/** Parcels that go in one append. */
interface Batch {
  readonly parcels: readonly Parcel[];
  /** Its place among the batches of the lane, and the number of its turn. */
  readonly place: number;
  readonly attempt: number;
  /** Whether the store may have it and the answer was lost: it is sent again as it is, which the store knows it by. */
  readonly inDoubt: boolean;
}

/**
 * The records of one tier on their way to one stream, in order. With nothing under way it sends at once, with all that
 * came in the same turn; while an append is under way, records gather for the next. Once a whole batch has gathered it
 * goes behind the one under way, so that the store need not wait for this process; the store refuses it unless it keeps
 * that one.
 *
 * A batch whose answer was lost is sent again unchanged, under the number that it had, so that the store keeps it once.
 *
 * | state   | event                               | next                                                   |
 * |---------|-------------------------------------|--------------------------------------------------------|
 * | sending | an append is kept                   | sending, what gathered                                 |
 * | sending | an append is refused for good       | sending: its parcels are told                          |
 * | sending | an append fails that may pass       | mending, once what is behind it has failed too         |
 * | mending | the backoff is over                 | mending: the oldest that failed goes again, alone      |
 * | mending | all that had failed are kept        | sending                                                |
 */
export class Lane {
  private readonly queue = new Fifo<Parcel>();
  /** Under way, oldest first. */
  private readonly sending: Batch[] = [];
  /** What failed and is to go again, oldest first. */
  private failed: Batch[] = [];
  private readonly sender = randomUUID();
  private places = 0;
  private scheduled: Subscription | undefined;
  private flushing = false;
  private readonly slice: TimeSlice;

  constructor(private readonly options: LaneOptions) {
    this.slice = new TimeSlice(SLICE_MS, options.scheduler, () => this.flush());
  }

  /** Records that the store does not have yet. */
  get size(): number {
    return [...this.sending, ...this.failed].reduce((sum, { parcels }) => sum + parcels.length, this.queue.size);
  }

  push(parcel: Parcel): void {
    this.queue.push(parcel);
    const { lingerMs, maxBatch, scheduler } = this.options;
    const isFull = this.queue.size === maxBatch;
    if (isFull && (lingerMs > 0 || this.sending.length > 0)) return this.flush();
    if (this.sending.length > 0 || this.scheduled) return;
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
      while (this.maySend && this.slice.open) this.sendNext();
    } finally {
      this.flushing = false;
    }
  }

  /** Takes the oldest record that is not under way out of the lane. */
  dropOldest(): Parcel | undefined {
    return this.queue.shift();
  }

  /** Refuses whatever the store has not confirmed. */
  refuse(error: Error): void {
    this.scheduled?.unsubscribe();
    const batches = [...this.sending.splice(0), ...this.failed.splice(0)];
    const parcels = [...batches.flatMap((batch) => batch.parcels), ...this.queue.shiftMany(this.queue.size)];
    for (const parcel of parcels) this.options.gone(parcel, error, undefined);
  }

  private get maySend(): boolean {
    if (this.failed.length > 0 || this.queue.size === 0) return false;
    // Behind another only a whole batch goes: less gathers on, as ever.
    const { depth, maxBatch } = this.options;
    return this.sending.length === 0 || (this.sending.length < depth && this.queue.size >= maxBatch);
  }

  private sendNext(): void {
    this.places += 1;
    this.send({ parcels: this.queue.shiftMany(this.batchSize()), place: this.places, attempt: 1, inDoubt: false });
  }

  private send(batch: Batch): void {
    const { sender } = this;
    const repeatMs = this.options.timeoutMs + LATE_MS;
    const after = this.sending.at(-1)?.place;
    this.sending.push(batch);
    let refs: readonly AppendedRef[] = [];
    this.options.append(batch.parcels, { sender, number: batch.place, after, repeatMs }).subscribe({
      next: (ids) => {
        refs = ids;
      },
      complete: () => this.over(batch, undefined, refs),
      error: (cause) => this.trouble(batch, toError(cause)),
    });
  }

  /** Takes a batch that has ended off the list; false if nobody waits for it any more. */
  private ended(batch: Batch): boolean {
    const at = this.sending.indexOf(batch);
    if (at >= 0) this.sending.splice(at, 1);
    return at >= 0;
  }

  private over(batch: Batch, error: Error | undefined, refs: readonly AppendedRef[]): void {
    if (!this.ended(batch)) return;
    this.goOn();
    const { parcels } = batch;
    for (let i = 0; i < parcels.length; i += 1) this.options.gone(parcels[i] as Parcel, error, refs[i]);
  }

  private goOn(): void {
    if (this.sending.length > 0 || this.failed.length === 0) return this.flush();
    this.send(this.failed.shift() as Batch);
  }

  /** Tries again what may pass, but no longer than each of them may take. */
  private trouble(batch: Batch, error: Error): void {
    if (!(error instanceof StoreError && error.retryable)) return this.over(batch, error, []);
    if (!this.ended(batch)) return;
    const inDoubt = batch.inDoubt || !isRefusal(error);
    this.failed.push({ ...batch, attempt: batch.attempt + 1, inDoubt });
    this.failed.sort((a, b) => a.place - b.place);
    this.expire(error);
    // What is behind it fails too, and must go after it.
    if (this.sending.length > 0) return;
    const [oldest] = this.failed;
    if (oldest === undefined) return this.flush();
    timer(backoffMs(batch.attempt, { initialMs: 50, maxMs: 2_000 }), this.options.scheduler).subscribe(() => {
      if (this.failed[0] === oldest && this.sending.length === 0) this.goOn();
    });
  }

  /** Gives up, of what failed, whatever has taken too long; what is in doubt as a whole, once the last of it has. */
  private expire(error: Error): void {
    const { scheduler, timeoutMs } = this.options;
    const latest = scheduler.now() - timeoutMs;
    const isLate = ({ at }: Parcel) => at <= latest;
    const lateOf = ({ parcels, inDoubt }: Batch) =>
      inDoubt && !parcels.every(isLate) ? [] : parcels.filter((parcel) => isLate(parcel));
    const late = new Set(this.failed.flatMap(lateOf));
    if (late.size === 0) return;
    const rest = this.failed.map((batch) => ({ ...batch, parcels: batch.parcels.filter((each) => !late.has(each)) }));
    this.failed = rest.filter(({ parcels }) => parcels.length > 0);
    for (const parcel of late) this.options.gone(parcel, error, undefined);
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

/** Whether the store has said that it kept nothing. */
function isRefusal(error: StoreError): boolean {
  return error instanceof StoreFullError || (error instanceof StoreUnavailableError && error.answered);
}
