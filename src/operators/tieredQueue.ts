import { PRIORITIES, type Priority } from '../core/priority.ts';
import { Fifo } from '../internal/fifo.ts';
import { type PriorityRules, priorityRules } from './priorityOptions.ts';
import { NOBODY, type Turns } from './turns.ts';

/**
 * A queue with a lane a tier: which tier is next is the policy's to say; within a tier it is first in, first out.
 *
 * What has been passed over for `ageMs`, since something of another tier was first handed out while it waited, counts as a
 * tier more urgent, and so on up to the most urgent. So nothing waits for ever: with n before it in its tier, an item that
 * has aged to the top is out within 4 (n + 1) hand-outs if the policy is strict, and a critical one is at any time; if it is
 * weighted, any is within (n + 1) (1 + 3 (W / w + 1)), w being its tier's weight and W the greatest.
 *
 * A step looks at each tier once, and at the clock only where tiers compete. Memory: the items, and a pair of numbers for
 * those that came between two hand-outs; whoever uses it bounds them.
 */
export class TieredQueue<T> {
  private readonly lanes = PRIORITIES.map(() => new Lane<T>());
  private readonly turns: Turns;
  private readonly ranks = PRIORITIES.map(() => NOBODY);
  private count = 0;

  constructor(private readonly rules: PriorityRules = priorityRules()) {
    this.turns = rules.turns();
  }

  get size(): number {
    return this.count;
  }

  /** How many wait in one tier. */
  sizeOf(priority: Priority): number {
    return this.lane(priority).size;
  }

  push(item: T, priority: Priority): void {
    this.lane(priority).push(item);
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

  private shiftFrom(lane: Lane<T>): T | undefined {
    this.count -= 1;
    return lane.shift();
  }

  private next(): number {
    let tier = 0;
    while ((this.lanes[tier] as Lane<T>).size === 0) tier += 1;
    // A tier that is alone has its turn, whatever the policy and the time.
    return (this.lanes[tier] as Lane<T>).size === this.count ? tier : this.choose();
  }

  private choose(): number {
    const { ageMs, scheduler } = this.rules;
    const now = ageMs === Infinity ? 0 : scheduler.now();
    for (let tier = 0; tier < this.lanes.length; tier += 1) {
      const lane = this.lanes[tier] as Lane<T>;
      this.ranks[tier] = lane.size === 0 ? NOBODY : Math.max(0, tier - Math.floor(lane.passedOverMs(now) / ageMs));
    }
    return this.turns.next(this.ranks);
  }

  private lane(priority: Priority): Lane<T> {
    return this.lanes[TIER[priority]] as Lane<T>;
  }
}

const TIER: Readonly<Record<Priority, number>> = { critical: 0, high: 1, normal: 2, low: 3 };

/** What waits in one tier. */
class Lane<T> {
  private readonly items = new Fifo<T>();
  /** Of the oldest ones, since when they have been passed over: those that came between two hand-outs since the same. */
  private readonly runs = new Fifo<{ readonly sinceMs: number; count: number }>();
  /** How many of the youngest have not been passed over yet. */
  private fresh = 0;

  get size(): number {
    return this.items.size;
  }

  push(item: T): void {
    this.items.push(item);
    this.fresh += 1;
  }

  shift(): T | undefined {
    const run = this.runs.first;
    if (run === undefined) this.fresh -= 1;
    else {
      run.count -= 1;
      if (run.count === 0) this.runs.shift();
    }
    return this.items.shift();
  }

  /** How long the oldest has been passed over, now that tiers compete. */
  passedOverMs(nowMs: number): number {
    if (this.fresh > 0) this.runs.push({ sinceMs: nowMs, count: this.fresh });
    this.fresh = 0;
    // A clock may have been put back: then it has not been passed over, rather than for less than no time.
    return Math.max(0, nowMs - (this.runs.first?.sinceMs ?? nowMs));
  }
}
