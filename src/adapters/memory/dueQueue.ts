import type { Pending } from './pending.ts';

/** What waits for its time. */
export interface Waits {
  dueMs: number;
  /** Its order at equal times, and the order within that. */
  readonly index: number;
  readonly part: number;
}

/**
 * What waits for its time, soonest due first and in order at equal times: entries to be handed out again, by their order in
 * the lane. A heap.
 */
export class DueQueue<T extends Waits = Pending> {
  private readonly heap: T[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** When the next one is due, in ms; Infinity if there is none. */
  get soonestMs(): number {
    return this.heap[0]?.dueMs ?? Infinity;
  }

  add(pending: T): void {
    const { heap } = this;
    let place = heap.length;
    heap.push(pending);
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isBefore(pending, heap[above] as T)) break;
      heap[place] = heap[above] as T;
      place = above;
    }
    heap[place] = pending;
  }

  /** Removes the soonest; there must be one. */
  shift(): T {
    const { heap } = this;
    const soonest = heap[0] as T;
    const last = heap.pop() as T;
    if (heap.length > 0) this.sink(last);
    return soonest;
  }

  /** Removes what is not wanted any more. */
  drop(unwanted: ReadonlySet<T>): void {
    const kept = this.heap.filter((pending) => !unwanted.has(pending));
    if (kept.length === this.heap.length) return;
    this.heap.length = 0;
    for (const pending of kept) this.add(pending);
  }

  /** Gives everything that is due the same due time, so that it comes in the order of the lane. */
  lineUp(nowMs: number, dueMs: number): void {
    // What has that time already is first, and in order.
    const isLate = (pending: T) => pending.dueMs > dueMs && pending.dueMs <= nowMs;
    if (this.soonestMs > nowMs || !this.heap.some(isLate)) return;
    const due: T[] = [];
    while (this.soonestMs <= nowMs) due.push(this.shift());
    for (const pending of due) {
      pending.dueMs = dueMs;
      this.add(pending);
    }
  }

  private sink(pending: T): void {
    const { heap } = this;
    let place = 0;
    for (let below = 1; below < heap.length; below = 2 * place + 1) {
      const right = heap[below + 1];
      if (right && isBefore(right, heap[below] as T)) below += 1;
      if (!isBefore(heap[below] as T, pending)) break;
      heap[place] = heap[below] as T;
      place = below;
    }
    heap[place] = pending;
  }
}

function isBefore(a: Waits, b: Waits): boolean {
  if (a.dueMs !== b.dueMs) return a.dueMs < b.dueMs;
  return a.index === b.index ? a.part < b.part : a.index < b.index;
}
