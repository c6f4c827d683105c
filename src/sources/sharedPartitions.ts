import {
  defer,
  merge,
  Observable,
  repeat,
  retry,
  type SchedulerLike,
  Subject,
  type Subscriber,
  type Subscription,
  take,
  timer,
} from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { toError } from '../core/errors.ts';
import type { Notify } from '../core/notice.ts';
import { type PerPriority, perPriority } from '../core/priority.ts';
import type { Attendance, Attendee, StreamStore } from '../core/store.ts';
import { Patience, type ReconnectOptions } from './patience.ts';
import { planShares } from './planShares.ts';
import type { Reader } from './reader.ts';
import type { RunningSource } from './runningSource.ts';
import type { SourceState } from './sourceState.ts';

export interface SharedPartitionsOptions {
  readonly store: StreamStore;
  readonly stream: string;
  readonly group: string;
  /** The stream's partitions, by number. */
  readonly partitions: readonly string[];
  /** How many deliveries may be out, over all partitions that it owns. */
  readonly credit: PerPriority<number>;
  /** A name in the list of those that share. */
  readonly name: string;
  readonly leaseMs: number;
  readonly reconnect?: ReconnectOptions | undefined;
  readonly notify: Notify;
  readonly scheduler: SchedulerLike;
  /** Makes the reader of a partition; `start` begins. */
  reader(partition: string, credit: PerPriority<number>, subscriber: Subscriber<Delivery>): Reader;
}

/** How often it looks who is there: ten times a lease, once a second at least. */
const MOST_BETWEEN_MS = 1_000;

/**
 * Shares the partitions of a stream with the others of its group: each is read by one of them at a time. At each beat it
 * says what it owns, hears who is there, and takes and leaves what the plan says. Beats may cross: a partition that
 * is still owned refuses, and the next beat tries again.
 *
 * | a partition | event                                        | next                                     |
 * |-------------|----------------------------------------------|------------------------------------------|
 * | not read    | it is in this one's share, and nobody owns it | entering                                |
 * | entering    | the only consumer                            | read                                     |
 * | entering    | another is                                   | not read                                 |
 * | read        | it is in another's share                     | leaving: what is out settles, or is given back |
 * | read        | its lease was lost, another has it           | not read                                 |
 * | leaving     | left                                         | not read; the others hear of it at once  |
 */
export class SharedPartitions implements RunningSource {
  private readonly readers = new Map<number, Reader>();
  private readonly leaving = new Set<number>();
  private readonly hurry = new Subject<void>();
  private readonly end = new Subject<never>();
  private beats: Subscription | undefined;
  private readonly patience: Patience;
  private phase: 'sharing' | 'stopping' | 'ended' = 'sharing';

  constructor(
    private readonly options: SharedPartitionsOptions,
    private readonly subscriber: Subscriber<Delivery>,
  ) {
    const { reconnect, scheduler } = options;
    const maxMs = Math.min(MOST_BETWEEN_MS, reconnect?.maxMs ?? MOST_BETWEEN_MS);
    this.patience = new Patience({ ...reconnect, maxMs }, scheduler);
  }

  start(): void {
    const { store, leaseMs, scheduler } = this.options;
    const everyMs = Math.min(MOST_BETWEEN_MS, leaseMs / 10);
    this.beats = defer(() => store.attend(this.attendance, leaseMs))
      .pipe(
        retry({ delay: (cause) => this.wait(toError(cause)) }),
        repeat({ delay: () => merge(timer(everyMs, scheduler), this.hurry).pipe(take(1)) }),
      )
      .subscribe({
        next: (attendees) => this.arrange(attendees),
        error: (cause) => this.subscriber.error(cause),
      });
  }

  close(deadlineMs: number): Observable<never> {
    this.subscriber.complete();
    this.drain(deadlineMs);
    return this.ended();
  }

  ended(): Observable<never> {
    return this.end;
  }

  flushed(): Observable<never> {
    return merge(...[...this.readers.values()].map((reader) => reader.flushed()));
  }

  states(): readonly SourceState[] {
    return [...this.readers.values()].flatMap((reader) => reader.states());
  }

  /** Leaves everything; what is out may settle for `withinMs`, or as long as its reader allows. The last call holds. */
  drain(withinMs?: number): void {
    if (this.phase === 'ended') return;
    this.phase = 'stopping';
    this.beats?.unsubscribe();
    for (const reader of [...this.readers.values()]) reader.drain(withinMs);
    this.departIfDone();
  }

  private get attendance(): Attendance {
    const { stream, group, name } = this.options;
    const owns = [...this.readers].filter(([, reader]) => reader.member).map(([number]) => number);
    return { stream, group, attendee: { name, owns } };
  }

  /** How long to wait after a beat that failed. */
  private wait(error: Error): Observable<unknown> {
    const { stream, group, notify } = this.options;
    const message = `group '${group}' can't share out the partitions of stream '${stream}' yet, trying again: ${error.message}`;
    return this.patience.failed(error, () => notify({ level: 'warn', code: 'STORE_RETRY', message, error }));
  }

  private arrange(attendees: readonly Attendee[]): void {
    this.patience.mended();
    const { name, partitions } = this.options;
    const share = planShares(partitions.length, attendees).get(name) ?? [];
    const owned = new Set(attendees.flatMap(({ owns }) => owns));
    for (const [number, reader] of [...this.readers]) if (!share.includes(number)) this.release(number, reader);
    const missing = share.filter((number) => !owned.has(number) && !this.readers.has(number));
    if (missing.length === 0) return;
    const credit = this.shareCredit(this.readers.size + missing.length);
    for (const number of missing) this.acquire(number, credit);
  }

  private release(number: number, reader: Reader): void {
    if (this.leaving.has(number)) return;
    this.leaving.add(number);
    reader.drain();
  }

  private acquire(number: number, credit: PerPriority<number>): void {
    const { partitions, reader: makeReader } = this.options;
    new Observable<Delivery>((subscriber) => {
      if (this.phase !== 'sharing') return;
      const reader = makeReader(partitions[number] as string, credit, subscriber);
      this.readers.set(number, reader);
      reader.ended().subscribe({ complete: () => this.left(number) });
      reader.start();
    }).subscribe({
      next: (delivery) => this.subscriber.next(delivery),
      error: (cause) => this.subscriber.error(cause),
    });
  }

  private left(number: number): void {
    this.readers.delete(number);
    this.shareCredit(this.readers.size);
    if (this.leaving.delete(number)) this.hurry.next();
    this.departIfDone();
  }

  private departIfDone(): void {
    if (this.phase !== 'stopping' || this.readers.size > 0) return;
    this.phase = 'ended';
    const done = () => this.end.complete();
    // Without its departure the others hear of it when its lease runs out.
    this.options.store.depart(this.attendance).subscribe({ complete: done, error: done });
  }

  /** Gives each reader its part of the credit, if they are so many. Returns what the part is. */
  private shareCredit(readers: number): PerPriority<number> {
    const { credit } = this.options;
    const part = perPriority((priority) => Math.max(1, Math.floor(credit[priority] / Math.max(1, readers))));
    for (const reader of this.readers.values()) reader.limit(part);
    return part;
  }
}
