import { type PerPriority, PRIORITIES, type Priority, perPriority } from '../core/priority.ts';

/**
 * The most that one take asks of a tier: what is more urgent waits for as long as these take to come and to be handed on.
 * The first has nothing to wait for it.
 */
const MOST_ASKED: PerPriority<number> = { critical: Infinity, high: Infinity, normal: 4_096, low: 64 };

/** How many more deliveries a source may have out, per tier. */
export class Credit {
  private readonly free: Record<Priority, number>;

  constructor(private limits: PerPriority<number>) {
    this.free = { ...limits };
  }

  /** Changes how many may be out; what is out beyond that stays out. */
  limit(limits: PerPriority<number>): void {
    for (const priority of PRIORITIES) this.free[priority] += limits[priority] - this.limits[priority];
    this.limits = limits;
  }

  /** The most that may be out of a tier: its limit, or what is out beyond that already, with a record batch. */
  most(priority: Priority): number {
    return Math.max(this.limits[priority], this.used(priority));
  }

  /** The most that may be out, over all tiers. */
  get total(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.limits[priority], 0);
  }

  /** How many are out of a tier, or on their way out. */
  used(priority: Priority): number {
    return this.limits[priority] - this.free[priority];
  }

  spend(priority: Priority, count = 1): void {
    this.free[priority] -= count;
  }

  give(priority: Priority, count = 1): void {
    this.free[priority] += count;
  }

  /**
   * What to ask for now: at most half a tier's credit at once, so that one half can be under way while the other is
   * handled, and of the less urgent tiers no more than keeps the others waiting a moment. Undefined when there is nothing
   * to ask for.
   */
  ask(): PerPriority<number> | undefined {
    const asked = perPriority((priority) => Math.max(0, Math.min(this.free[priority], this.atOnce(priority))));
    return PRIORITIES.some((priority) => asked[priority] > 0) ? asked : undefined;
  }

  /** Whether a tier that was left out of a request has since got half its credit back: time to ask anew. */
  outgrown(asked: PerPriority<number>): boolean {
    return PRIORITIES.some((priority) => asked[priority] === 0 && this.free[priority] >= this.half(priority));
  }

  private atOnce(priority: Priority): number {
    return Math.min(this.half(priority), MOST_ASKED[priority]);
  }

  private half(priority: Priority): number {
    return Math.ceil(this.limits[priority] / 2);
  }
}
