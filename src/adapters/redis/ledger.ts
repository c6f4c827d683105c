import { PRIORITIES, perPriority } from '../../core/priority.ts';
import type { EntryRef, HeldEntry, HeldRef, Part, SettledParts } from '../../core/store.ts';

/**
 * What this process has handed to a consumer and not settled, by attempt. While the consumer is a member, the server's
 * books say the same, so an ack of what is in here needs no question there. Of a record batch in parts, each message
 * has its own. Memory: as much as is in hand.
 */
export class Ledger {
  // An entry's attempt, or of one in parts each message's.
  private readonly lanes = perPriority(() => new Map<string, number | Map<number, number>>());

  add(entries: readonly (HeldEntry & { readonly parts?: readonly Part[] })[]): void {
    for (const { priority, id, attempt, parts } of entries) {
      const lane = this.lanes[priority];
      if (parts) addParts(lane, id, parts);
      else lane.set(id, attempt);
    }
  }

  /** Whether it is in hand as a whole, at the attempt named. */
  holds({ priority, id, attempt }: HeldEntry): boolean {
    return this.lanes[priority].get(id) === attempt;
  }

  /** Whether an entry is in hand at the attempt named, or in part; or this message of it. */
  has({ priority, id, index, attempt }: HeldRef): boolean {
    const held = this.lanes[priority].get(id);
    if (typeof held !== 'object') return held !== undefined && held === attempt;
    return index === undefined || held.get(index) === attempt;
  }

  /** What was in hand as a whole is in hand in parts. */
  divide(settlement: HeldEntry, count: number): void {
    if (!this.holds(settlement)) return;
    const { priority, id, attempt } = settlement;
    const parts = Array.from({ length: count }, (_, index) => ({ index, attempt }));
    this.lanes[priority].delete(id);
    addParts(this.lanes[priority], id, parts);
  }

  remove(settlements: readonly (HeldEntry & { readonly parts?: SettledParts | undefined })[]): void {
    for (const settlement of settlements) {
      const { priority, id, attempt, parts } = settlement;
      const lane = this.lanes[priority];
      const held = lane.get(id);
      if (!parts && held === attempt) lane.delete(id);
      if (!parts || typeof held !== 'object') continue;
      for (const index of parts.indexes) if (held.get(index) === attempt) held.delete(index);
      if (held.size === 0) lane.delete(id);
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

function addParts(lane: Map<string, number | Map<number, number>>, id: string, parts: readonly Part[]): void {
  const held = lane.get(id);
  const known = typeof held === 'object' ? held : new Map<number, number>();
  for (const { index, attempt } of parts) known.set(index, attempt);
  lane.set(id, known);
}
