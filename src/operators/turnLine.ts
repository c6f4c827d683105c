import { asapScheduler, type Subscriber } from 'rxjs';
import { BufferOverflowError } from '../core/bufferOverflowError.ts';
import type { Priority } from '../core/priority.ts';
import { TimeSlice } from '../internal/timeSlice.ts';
import { DropCount } from '../telemetry/dropCount.ts';
import type { PriorityRules } from './priorityOptions.ts';
import { TieredQueue } from './tieredQueue.ts';

/** What may wait, and what becomes of the rest. */
export interface TurnLineOptions {
  readonly bufferSize: number;
  readonly overflow: 'error' | 'drop-oldest' | 'drop-newest';
  readonly rules: PriorityRules;
}

/** How long values are handed on before timers and sockets, which bring more urgent ones, get their turn, in ms. */
const SLICE_MS = 10;

/**
 * Plain values that wait for the next turn, and are handed on in it by policy, one after the other.
 *
 * | state   | event                                   | next    | effect                                            |
 * |---------|-----------------------------------------|---------|---------------------------------------------------|
 * | idle    | a value                                 | waiting | a turn is asked for                               |
 * | waiting | a value                                 | waiting | it waits too; what its tier can't hold overflows  |
 * | waiting | the turn                                | idle    | everything is handed on                           |
 * | waiting | a slice of the turn is over             | waiting | another turn is asked for, behind timers and I/O  |
 * | any     | told to end, nothing waits              | ended   | `ended` is called                                 |
 * | any     | told to fail                            | ended   | what waits is handed on at once, then the error   |
 */
export class TurnLine<T> {
  private readonly waiting: TieredQueue<T>;
  private readonly slice: TimeSlice;
  private readonly dropped: DropCount;
  private asked = false;
  private handing = false;
  private finishing = false;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly options: TurnLineOptions,
    private readonly subscriber: Subscriber<T>,
    /** Called once, when it was told to finish and nothing waits any more. */
    private readonly done: () => void,
  ) {
    this.waiting = new TieredQueue(options.rules);
    this.slice = new TimeSlice(SLICE_MS, options.rules.scheduler, () => this.run());
    this.dropped = new DropCount('mergeByPriority', options.overflow);
  }

  take(value: T, priority: Priority): void {
    if (this.failure) return;
    if (this.waiting.sizeOf(priority) >= this.options.bufferSize) return this.overflow(value, priority);
    this.waiting.push(value, priority);
    this.ask();
  }

  finish(): void {
    this.finishing = true;
    this.end();
  }

  /** Hands on what waits, then errors. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.run();
  }

  /** Forgets what waits. */
  stop(): void {
    this.finishing = false;
    while (this.waiting.size > 0) this.waiting.shift();
    this.dropped.end();
  }

  private overflow(value: T, priority: Priority): void {
    const { bufferSize, overflow } = this.options;
    if (overflow === 'error') return this.fail(overflowed(priority, bufferSize));
    this.dropped.add();
    if (overflow === 'drop-newest') return;
    this.waiting.shiftOf(priority);
    this.waiting.push(value, priority);
  }

  private ask(): void {
    if (this.asked || this.handing) return;
    this.asked = true;
    asapScheduler.schedule(() => {
      this.asked = false;
      this.run();
    });
  }

  private run(): void {
    if (this.handing) return;
    this.handing = true;
    while (this.waiting.size > 0 && !this.subscriber.closed && (this.failure || this.slice.open)) {
      this.subscriber.next(this.waiting.shift() as T);
    }
    this.handing = false;
    this.end();
  }

  private end(): void {
    if (this.handing || this.waiting.size > 0) return;
    if (this.failure) return this.subscriber.error(this.failure.error);
    if (!this.finishing) return;
    this.finishing = false;
    this.done();
  }
}

function overflowed(priority: Priority, bufferSize: number): BufferOverflowError {
  return new BufferOverflowError(
    `mergeByPriority was pushed more ${priority} values in one turn than the ${bufferSize} it may keep: ` +
      "slow the source, raise `bufferSize`, merge deliveries (`fromObservable` makes them), or let it drop: overflow: 'drop-oldest'",
  );
}
