/** First in, first out, in constant time a step; `Array.shift` moves every element once the array is large. */
export class Fifo<T> {
  private items: T[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  /** The oldest, left where it is; undefined if there is none. */
  get first(): T | undefined {
    return this.items[this.head];
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** The oldest; undefined if there is none. */
  shift(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head] as T;
    this.items[this.head] = undefined as T;
    this.head += 1;
    if (this.head >= COMPACT_FROM && this.head * 2 >= this.items.length) this.compact();
    return item;
  }

  /** The item so many places behind the oldest, left where it is. */
  at(place: number): T | undefined {
    return this.items[this.head + place];
  }

  /** The oldest, so many or all there are. */
  shiftMany(count: number): T[] {
    const from = this.head;
    const to = Math.min(this.items.length, from + count);
    const items = this.items.slice(from, to);
    if (to === this.items.length) {
      this.clear();
      return items;
    }
    this.items.fill(undefined as T, from, to);
    this.head = to;
    if (this.head >= COMPACT_FROM && this.head * 2 >= this.items.length) this.compact();
    return items;
  }

  clear(): void {
    this.items = [];
    this.head = 0;
  }

  private compact(): void {
    this.items = this.items.slice(this.head);
    this.head = 0;
  }
}

const COMPACT_FROM = 64;
