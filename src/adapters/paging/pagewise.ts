import { type Observable, Subscription } from 'rxjs';

/** One page, and how to get the next: undefined after the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: (() => Observable<Page<T>>) | undefined;
}

/**
 * Walks pages item by item. The next page is asked for when half of this one has been taken, so that at most one page is
 * ahead. `return()` aborts what is under way, even while a `next()` waits for it: a generator would queue it behind. Each
 * `next()` has an item of its own, though several wait at once.
 */
export function pagewise<T>(first: () => Observable<Page<T>>): AsyncIterableIterator<T> {
  let items: readonly T[] = [];
  let at = 0;
  let ask: (() => Observable<Page<T>>) | undefined = first;
  let coming: Promise<Page<T>> | undefined;
  const asked = new Subscription();
  // Not Promise.race with one promise for all pages: that would keep every page until the end.
  const orLeft = (page: Promise<Page<T>> | undefined) =>
    new Promise<Page<T> | undefined>((resolve, reject) => {
      const leaving = new Subscription(() => resolve(undefined));
      asked.add(leaving);
      page?.then(resolve, reject).finally(() => asked.remove(leaving));
    });

  const fetch = () => {
    if (!ask || coming || asked.closed) return;
    coming = received(ask(), asked);
    // It is reported in its turn, behind what came before it.
    coming.catch(() => undefined);
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (at >= items.length) {
        if (asked.closed || (!ask && !coming)) return { done: true, value: undefined };
        fetch();
        const awaited = coming;
        const page = await orLeft(awaited);
        if (!page) return { done: true, value: undefined };
        // Another call that waited for it has taken it over.
        if (coming !== awaited) continue;
        coming = undefined;
        ({ items, next: ask } = page);
        at = 0;
      }
      const value = items[at++] as T;
      if (at * 2 >= items.length) fetch();
      return { done: false, value };
    },
    async return() {
      asked.unsubscribe();
      items = [];
      ask = undefined;
      return { done: true, value: undefined };
    },
  };
}

function received<T>(source: Observable<T>, until: Subscription): Promise<T> {
  return new Promise((resolve, reject) => {
    const receiving = source.subscribe({ next: resolve, error: reject });
    until.add(receiving);
    receiving.add(() => until.remove(receiving));
  });
}
