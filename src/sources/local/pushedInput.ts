import { type Observable, Subject, takeUntil } from 'rxjs';
import { BufferOverflowError } from '../../core/bufferOverflowError.ts';
import { Fifo } from '../../internal/fifo.ts';
import { DropCount } from '../../telemetry/dropCount.ts';
import { type Demand, END, type LocalInput } from './localInput.ts';

/** What becomes of a value that is pushed while there is no credit and the buffer is full. */
export type Overflow = 'error' | 'drop-oldest' | 'drop-newest';

export interface PushedInputOptions {
  readonly name: string;
  /** The most values that wait for credit. */
  readonly bufferSize: number;
  readonly overflow: Overflow;
}

/** Keeps what an Observable pushes until there is credit, in order and bounded; its end comes after what waits. */
export class PushedInput<R> implements LocalInput<R> {
  private readonly waiting = new Fifo<R>();
  private readonly dropped: DropCount;
  private demand: Demand | undefined;
  // Not a subscription: a source may be over before subscribing to it has returned one.
  private readonly stop = new Subject<void>();
  private end: (() => IteratorReturnResult<unknown>) | undefined;
  private closed = false;

  constructor(
    private readonly source: Observable<R>,
    private readonly options: PushedInputOptions,
  ) {
    this.dropped = new DropCount(`source '${options.name}'`, options.overflow);
  }

  open(demand: Demand): void {
    this.demand = demand;
    this.source.pipe(takeUntil(this.stop)).subscribe({
      next: (value) => this.push(value),
      error: (cause) => this.finish(() => fail(cause)),
      complete: () => this.finish(() => END),
    });
  }

  take(): IteratorResult<R, unknown> | undefined {
    if (this.waiting.size > 0) return { done: false, value: this.waiting.shift() as R };
    return this.end?.();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.stop.next();
    this.waiting.clear();
    this.dropped.end();
  }

  private push(value: R): void {
    if (this.end || this.closed || !this.demand) return;
    if (this.waiting.size >= this.options.bufferSize + this.demand.free()) return this.overflow(value);
    this.waiting.push(value);
    this.demand.ready();
  }

  private overflow(value: R): void {
    const { bufferSize, overflow } = this.options;
    if (overflow === 'error') return this.finish(() => fail(overflowed(this.options)));
    this.dropped.add();
    if (overflow === 'drop-newest' || bufferSize === 0) return;
    this.waiting.shift();
    this.waiting.push(value);
  }

  private finish(end: () => IteratorReturnResult<unknown>): void {
    if (this.end || this.closed) return;
    this.end = end;
    this.stop.next();
    this.demand?.ready();
  }
}

function overflowed({ name, bufferSize }: PushedInputOptions): BufferOverflowError {
  return new BufferOverflowError(
    `source '${name}' was pushed more than it may keep: all its credit is out and ${bufferSize} wait; ` +
      "slow the input, raise `bufferSize`, pass an iterable (it is pulled), or let it drop: overflow: 'drop-oldest'",
  );
}

function fail(cause: unknown): never {
  throw cause;
}
