import type { PerPriority, Priority } from '../../core/priority.ts';
import type { Entry } from '../../core/store.ts';
import type { Consumer } from './consumer.ts';
import type { Pending } from './pending.ts';

/** What one take hands out, within its credit. */
export class Hand {
  readonly entries: Entry[] = [];
  private readonly left: Record<Priority, number>;

  constructor(
    private readonly consumer: Consumer,
    credit: PerPriority<number>,
  ) {
    this.left = { ...credit };
  }

  /** How many more of a tier fit. */
  room(priority: Priority): number {
    return this.left[priority];
  }

  /** Puts an entry into the consumer's hands as its next attempt. */
  add(pending: Pending): void {
    const { entry } = pending;
    pending.attempt += 1;
    this.consumer.own(pending);
    this.left[entry.priority] -= 1;
    this.entries.push(pending.attempt === 1 ? entry : { ...entry, attempt: pending.attempt });
  }
}
