import { closeFailed } from './closeFailed.ts';
import { type Demand, END, type LocalInput } from './localInput.ts';
import { type HearsOfSettlement, SETTLED } from './settled.ts';

/**
 * Pulls an async iterable: never more than one `next()` pending, and none without credit; `return()` when closed before
 * its end. RxJS's own `from` asks for everything at once and never calls `return()`.
 */
export class AsyncIterableInput<R> implements LocalInput<R> {
  private iterator: (AsyncIterator<R> & HearsOfSettlement) | undefined;
  private demand: Demand | undefined;
  private arrived: (() => IteratorResult<R, unknown>) | undefined;
  private pending = false;
  private ended = false;

  constructor(private readonly iterable: AsyncIterable<R>) {}

  open(demand: Demand): void {
    this.demand = demand;
    this.iterator = this.iterable[Symbol.asyncIterator]();
  }

  take(): IteratorResult<R, unknown> | undefined {
    const { arrived } = this;
    this.arrived = undefined;
    if (arrived) return arrived();
    if (this.ended) return END;
    if (!this.pending) this.ask();
    return undefined;
  }

  settled(): void {
    this.iterator?.[SETTLED]?.();
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    this.arrived = undefined;
    this.leave().catch(closeFailed);
  }

  private ask(): void {
    this.pending = true;
    this.next().then(
      (result) => this.arrive(() => result, result.done === true),
      (cause) =>
        this.arrive(() => {
          throw cause;
        }, true),
    );
  }

  private arrive(arrived: () => IteratorResult<R, unknown>, last: boolean): void {
    this.pending = false;
    if (this.ended) return;
    this.ended = last;
    this.arrived = arrived;
    this.demand?.ready();
  }

  // Async, so that an iterator which throws at the call fails like one that rejects.
  private async next(): Promise<IteratorResult<R, unknown>> {
    return this.iterator ? await this.iterator.next() : END;
  }

  private async leave(): Promise<void> {
    await this.iterator?.return?.();
  }
}
