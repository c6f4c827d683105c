import type { PerPriority, Priority } from '../../core/priority.ts';
import type { Entry, Part } from '../../core/store.ts';
import type { Consumer } from './consumer.ts';
import type { Pending } from './pending.ts';

/** What one take hands out, within its credit. */
export class Hand {
  readonly entries: Entry[] = [];
  /** The record batches in hand that were settled in part: their messages, and their places among the entries. */
  private readonly parts = new Map<Pending, { readonly parts: Part[]; readonly place: number }>();
  private readonly left: Record<Priority, number>;

  constructor(
    private readonly consumer: Consumer,
    credit: PerPriority<number>,
  ) {
    this.left = { ...credit };
  }

  /** How many more messages of a tier fit; a record batch may take more than is left. */
  room(priority: Priority): number {
    return this.left[priority];
  }

  /** Puts an entry into the consumer's hands as its next attempt. */
  add(pending: Pending): void {
    const { entry } = pending;
    pending.attempt += 1;
    this.consumer.own(pending);
    this.left[entry.priority] -= pending.size;
    if (pending.whole !== undefined) this.addPart(pending, pending.whole);
    else this.entries.push(pending.attempt === 1 ? entry : withDeaths({ ...entry, attempt: pending.attempt }, pending));
  }

  /** The record batch is in the hand once, with those of its messages that are. */
  private addPart(pending: Pending, whole: Pending): void {
    const { entry, part: index, attempt } = pending;
    const known = this.parts.get(whole);
    if (known) {
      known.parts.push({ index, attempt });
      const before = this.entries[known.place] as Entry;
      if (deathsOf(pending) > deathsOf(before)) this.entries[known.place] = withDeaths(before, pending);
      return;
    }
    const parts = [{ index, attempt }];
    this.parts.set(whole, { parts, place: this.entries.length });
    this.entries.push(withDeaths({ ...entry, attempt, parts }, pending));
  }
}

function deathsOf({ deaths = [] }: { readonly deaths?: readonly string[] | undefined }): number {
  return deaths.length;
}

function withDeaths(entry: Entry, { deaths }: Pending): Entry {
  return deaths ? { ...entry, deaths } : entry;
}
