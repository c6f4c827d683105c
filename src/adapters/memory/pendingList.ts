import type { Pending } from './pending.ts';

/** What one consumer has in its hands of one tier, oldest hand-out first. Linked, so that any of it leaves at once. */
export class PendingList {
  private head: Pending | undefined = undefined;
  private tail: Pending | undefined = undefined;
  private count = 0;

  get size(): number {
    return this.count;
  }

  get oldest(): Pending | undefined {
    return this.head;
  }

  add(pending: Pending): void {
    pending.previous = this.tail;
    pending.next = undefined;
    if (this.tail) this.tail.next = pending;
    else this.head = pending;
    this.tail = pending;
    this.count += 1;
  }

  remove(pending: Pending): void {
    const { previous, next } = pending;
    if (previous) previous.next = next;
    else this.head = next;
    if (next) next.previous = previous;
    else this.tail = previous;
    pending.previous = undefined;
    pending.next = undefined;
    this.count -= 1;
  }
}
