import { isObservable, type Observable, Subscription, takeWhile } from 'rxjs';
import { BufferOverflowError } from '../../core/bufferOverflowError.ts';
import { Fifo } from '../../internal/fifo.ts';
import type { Items } from '../endpoint.ts';

/** How far what pushes may be ahead of what is asked for. */
const AHEAD = 10_000;

/**
 * Asks for items one by one, until the signal is aborted: then it throws the signal's reason, even while it waits, and lets
 * go of what gives them.
 */
export async function* pulled<I>(items: Items<I>, signal: AbortSignal): AsyncGenerator<I> {
  const iterator = iteratorOf(items);
  let leave: (reason: unknown) => void = () => undefined;
  const aborted = () => leave(signal.reason);
  signal.addEventListener('abort', aborted);
  // Not Promise.race with one promise for all items: that would keep every item until the end.
  const orAborted = (next: IteratorResult<I> | Promise<IteratorResult<I>>) =>
    new Promise<IteratorResult<I>>((resolve, reject) => {
      leave = reject;
      Promise.resolve(next).then(resolve, reject);
    });
  let over = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await orAborted(iterator.next());
      over = done === true;
      if (over) return;
      yield value as I;
    }
  } finally {
    signal.removeEventListener('abort', aborted);
    // Not waited for: one that hangs would keep the request.
    if (!over) Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

function iteratorOf<I>(items: Items<I>): Iterator<I> | AsyncIterator<I> {
  if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
  return isObservable(items) ? new PushedItems(items) : (items as Iterable<I>)[Symbol.iterator]();
}

/** What an Observable pushed, until it is asked for. */
class PushedItems<I> implements AsyncIterator<I> {
  private readonly waiting = new Fifo<I>();
  private readonly receiving = new Subscription();
  private end: { readonly error?: unknown } | undefined;
  private wake: () => void = () => undefined;

  constructor(items: Observable<I>) {
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
    if (this.waiting.size > 0) return { done: false, value: this.waiting.shift() as I };
    if (this.end && 'error' in this.end) throw this.end.error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<I>> {
    this.waiting.clear();
    this.finish({});
    this.receiving.unsubscribe();
    return { done: true, value: undefined };
  }

  private push(item: I): void {
    this.waiting.push(item);
    if (this.waiting.size <= AHEAD) return this.wake();
    this.waiting.clear();
    const error = new BufferOverflowError(`the endpoint's Observable is ${AHEAD} items ahead of what was sent of them`);
    this.finish({ error });
    this.receiving.unsubscribe();
  }

  private finish(end: { readonly error?: unknown }): void {
    this.end ??= end;
    this.wake();
  }
}
