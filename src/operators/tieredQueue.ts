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
    if (this.count === 0) return undefined;
    const tier = PRIORITIES.find((priority) => this.tiers[priority].size > 0) as Priority;
    this.count -= 1;
    return this.tiers[tier].shift();
  }
}
