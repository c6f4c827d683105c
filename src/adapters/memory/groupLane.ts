import type { EntryRef } from '../../core/store.ts';
import { DueQueue } from './dueQueue.ts';
import type { Hand } from './hand.ts';
import type { LaneLog } from './laneLog.ts';
import { Pending } from './pending.ts';

/** How far a group is in one lane: what it has not handed out yet, what it owes, what waits for its due time. */
export class GroupLane {
  readonly due = new DueQueue();
  // In order of index: an entry comes in when it is handed out first and stays until it is settled.
  private readonly owed = new Map<EntryRef['id'], Pending>();
  /** Messages owed beyond one an entry: of record batches that were settled in part. */
  private more = 0;

  constructor(
    private readonly log: LaneLog,
    private cursor: number,
  ) {}

  /** Entries not handed out yet. */
  get lag(): number {
    return this.log.end - this.cursor;
  }

  /** Entries owed; of a record batch that was settled in part, each message still owed. */
  get pending(): number {
    return this.owed.size + this.more;
  }

  /** The index of the oldest entry that the group still needs. */
  get floor(): number {
    for (const oldest of this.owed.values()) return oldest.index;
    return this.cursor;
  }

  find(id: EntryRef['id']): Pending | undefined {
    return this.owed.get(id);
  }

  /** Hands out new entries while there is room. */
  handNew(hand: Hand): void {
    for (; this.cursor < this.log.end && hand.room(this.log.priority) > 0; this.cursor++) {
      const pending = new Pending(this.log.at(this.cursor), this.cursor);
      this.owed.set(pending.entry.id, pending);
      hand.add(pending);
    }
  }

  /** The messages of a record batch that are owed one by one from now on. */
  divide(pending: Pending): Map<number, Pending> {
    const parts = pending.divide();
    this.more += parts.size - 1;
    return parts;
  }

  /** Ends an entry, or one message of a record batch, for the group. */
  end(pending: Pending): void {
    const { owner, whole, part, entry } = pending;
    owner?.disown(pending);
    whole?.parts?.delete(part);
    if (whole?.parts !== undefined && whole.parts.size > 0) this.more -= 1;
    else this.owed.delete(entry.id);
  }

  /** Ends what is owed before an index, though nobody has settled it: it is about to go. Returns how many messages. */
  passOver(index: number): number {
    const gone = new Set<Pending>();
    for (const whole of this.owed.values()) {
      if (whole.index >= index) break;
      for (const pending of whole.parts ? [...whole.parts.values()] : [whole]) {
        gone.add(pending);
        this.end(pending);
      }
    }
    this.due.drop(gone);
    let messages = [...gone].reduce((sum, pending) => sum + pending.size, 0);
    for (; this.cursor < index; this.cursor += 1) messages += this.log.at(this.cursor).count ?? 1;
    return messages;
  }

  /** Takes an entry out of its consumer's hands until its due time. */
  defer(pending: Pending, dueMs: number): void {
    pending.owner?.disown(pending);
    pending.dueMs = dueMs;
    this.due.add(pending);
  }
}
