import { isObservable, type Observable } from 'rxjs';
import { describe } from '../../core/errors.ts';
import type { Items } from '../endpoint.ts';
import { PushedItems } from './pushedItems.ts';

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
  const given: object = Object(items);
  if (Symbol.asyncIterator in given) return (given as AsyncIterable<I>)[Symbol.asyncIterator]();
  if (isObservable(items)) return new PushedItems(items as Observable<I>, AHEAD);
  if (Symbol.iterator in given) return (given as Iterable<I>)[Symbol.iterator]();
  throw new TypeError(`run gave ${describe(items)}: it takes an iterable, an async one, or an Observable, of items`);
}
