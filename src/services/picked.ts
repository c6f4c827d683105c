/**
 * The first so many items, each made into something else; no more than those are asked for. `return()` reaches the items at
 * once, even while a `next()` waits: a generator would queue it behind.
 */
export function picked<T, R>(items: AsyncIterable<T>, as: (item: T) => R, most = Infinity): AsyncIterable<R> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = items[Symbol.asyncIterator]();
      let given = 0;
      const leave = async (): Promise<IteratorResult<R>> => {
        await iterator.return?.();
        return { done: true, value: undefined };
      };
      return {
        async next() {
          if (given >= most) return leave();
          const { done, value } = await iterator.next();
          if (done) return { done, value: undefined };
          given += 1;
          return { done: false, value: as(value) };
        },
        return: leave,
      };
    },
  };
}
