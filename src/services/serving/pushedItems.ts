import { type Observable, Subscription, takeWhile } from 'rxjs';
import { BufferOverflowError } from '../../core/bufferOverflowError.ts';
import { Fifo } from '../../internal/fifo.ts';

/** What an Observable pushes, until it is asked for; at most `most` items, beyond which it fails. */
export class PushedItems<I> implements AsyncIterator<I> {
  private readonly waiting = new Fifo<I>();
  private readonly receiving = new Subscription();
  private end: { readonly error?: unknown } | undefined;
  private wake: () => void = nothing;
  /** Sources that wait. */
  private readonly held: (() => void)[] = [];

  constructor(
    items: Observable<I>,
    private readonly most: number,
  ) {
    // One that emits within `subscribe` can't be unsubscribed meanwhile.
    const source = items.pipe(takeWhile(() => this.end === undefined));
    this.receiving.add(
      source.subscribe({
        next: (item) => this.push(item),
        error: (error: unknown) => this.finish({ error }),
        complete: () => this.finish({}),
      }),
    );
  }

  async next(): Promise<IteratorResult<I>> {
    while (this.waiting.size === 0 && !this.end) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.waiting.size > 0) {
      const value = this.waiting.shift() as I;
      if (this.waiting.size === 0) this.free();
      return { done: false, value };
    }
    if (this.end && 'error' in this.end) throw this.end.error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<I>> {
    this.waiting.clear();
    this.finish({});
    this.receiving.unsubscribe();
    return { done: true, value: undefined };
  }

  /** For a source that can wait: resolves when fewer than so many wait, or when no more is wanted. */
  async room(count: number): Promise<void> {
    while (this.waiting.size >= count && !this.end) {
      await new Promise<void>((resolve) => this.held.push(resolve));
    }
  }

  private push(item: I): void {
    this.waiting.push(item);
    if (this.waiting.size <= this.most) return this.wake();
    this.waiting.clear();
    const message = `the endpoint's Observable is ${this.most} items ahead of what was sent of them`;
    this.finish({ error: new BufferOverflowError(message) });
    this.receiving.unsubscribe();
  }

  private free(): void {
    for (const go of this.held.splice(0)) go();
  }

  private finish(end: { readonly error?: unknown }): void {
    this.end ??= end;
    this.wake();
    this.free();
  }
}

function nothing(): void {
  // Nobody waits.
}
