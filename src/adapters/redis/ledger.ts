import { PRIORITIES, perPriority } from '../../core/priority.ts';
import type { EntryRef, HeldEntry } from '../../core/store.ts';

/**
 * What this process has handed to a consumer and not settled, by attempt. While the consumer is a member, the server's
 * books say the same, so an ack of what is in here needs no question there. Memory: as much as is in hand.
 */
export class Ledger {
  private readonly lanes = perPriority(() => new Map<string, number>());

  add(entries: readonly HeldEntry[]): void {
    for (const { priority, id, attempt } of entries) this.lanes[priority].set(id, attempt);
  }

  holds({ priority, id, attempt }: HeldEntry): boolean {
    return this.lanes[priority].get(id) === attempt;
  }

  has({ priority, id }: EntryRef): boolean {
    return this.lanes[priority].has(id);
  }

  remove(settlements: readonly HeldEntry[]): void {
    for (const settlement of settlements) {
      if (this.holds(settlement)) this.lanes[settlement.priority].delete(settlement.id);
    }
  }

  /** Whatever their attempt. */
  forget(entries: readonly EntryRef[]): void {
    for (const { priority, id } of entries) this.lanes[priority].delete(id);
  }

  get size(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.lanes[priority].size, 0);
  }
}
