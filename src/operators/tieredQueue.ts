import { PRIORITIES, type Priority } from '../core/priority.ts';
import { Fifo } from '../internal/fifo.ts';
import { type PriorityRules, priorityRules } from './priorityOptions.ts';
import { NOBODY, type Turns } from './turns.ts';

/**
 * A queue with a lane a tier: which tier is next is the policy's to say; within a tier it is first in, first out.
 *
 * What has waited for `ageMs` counts as a tier more urgent, and so on up to the most urgent. So nothing waits for ever:
 * with n before it in its tier, an item that has aged to the top is out within 4 (n + 1) hand-outs if the policy is strict,
 * and a critical one is at any time; if it is weighted, any is within (n + 1) (1 + 3 (W / w + 1)), w being its tier's weight
 * and W the greatest.
 *
 * A step looks at each tier once. Memory: the items and a number each; whoever uses it bounds them.
 */
export class TieredQueue<T> {
  private readonly lanes = PRIORITIES.map(() => new Lane<T>());
  private readonly turns: Turns;
  private readonly ages: boolean;
  private readonly ranks = PRIORITIES.map(() => NOBODY);
  private count = 0;

  constructor(private readonly rules: PriorityRules = priorityRules()) {
    this.turns = rules.turns();
    this.ages = rules.ageMs !== Infinity;
  }

  get size(): number {
    return this.count;
  }

  /** How many wait in one tier. */
  sizeOf(priority: Priority): number {
    return this.lane(priority).items.size;
  }

  push(item: T, priority: Priority): void {
    const { items, since } = this.lane(priority);
    items.push(item);
    if (this.ages) since.push(this.rules.scheduler.now());
    this.count += 1;
  }

  /** The next, out of the queue; undefined if there is none. */
  shift(): T | undefined {
    return this.count === 0 ? undefined : this.shiftFrom(this.lanes[this.next()] as Lane<T>);
  }

  /** The oldest of one tier, out of the queue; undefined if there is none. */
  shiftOf(priority: Priority): T | undefined {
    return this.sizeOf(priority) === 0 ? undefined : this.shiftFrom(this.lane(priority));
  }

  private shiftFrom({ items, since }: Lane<T>): T | undefined {
    this.count -= 1;
    since.shift();
    return items.shift();
  }

  private next(): number {
    // A tier that is alone has its turn, whatever the policy and the time.
    const alone = this.lanes.findIndex(({ items }) => items.size > 0);
    if ((this.lanes[alone] as Lane<T>).items.size === this.count) return alone;
    const now = this.ages ? this.rules.scheduler.now() : 0;
    for (let tier = 0; tier < this.lanes.length; tier += 1) this.ranks[tier] = this.rank(tier, now);
    return this.turns.next(this.ranks);
  }

  private rank(tier: number, now: number): number {
    const { items, since } = this.lanes[tier] as Lane<T>;
    if (items.size === 0) return NOBODY;
    if (!this.ages) return tier;
    return Math.max(0, tier - Math.floor((now - (since.first as number)) / this.rules.ageMs));
  }

  private lane(priority: Priority): Lane<T> {
    return this.lanes[TIER[priority]] as Lane<T>;
  }
}

const TIER: Readonly<Record<Priority, number>> = { critical: 0, high: 1, normal: 2, low: 3 };

/** What waits in one tier, and since when. */
class Lane<T> {
  readonly items = new Fifo<T>();
  readonly since = new Fifo<number>();
}
