import { PRIORITIES, type Priority, perPriority } from '../core/priority.ts';
import { Fifo } from '../internal/fifo.ts';

/** A queue that gives the most urgent first; within a tier, first in, first out. */
export class TieredQueue<T> {
  private readonly tiers = perPriority(() => new Fifo<T>());
  private count = 0;

  get size(): number {
    return this.count;
  }

  push(item: T, priority: Priority): void {
    this.tiers[priority].push(item);
    this.count += 1;
  }

  /** The oldest of the most urgent tier that has any; undefined if there is none. */
  shift(): T | undefined {
    for (const priority of PRIORITIES) {
      const tier = this.tiers[priority];
      if (tier.size === 0) continue;
      this.count -= 1;
      return tier.shift();
    }
    return undefined;
  }
}
