/** The first so many items; no more than those are asked for. */
export async function* upTo<T>(count: number, items: AsyncIterable<T>): AsyncGenerator<T> {
  let left = count;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}
