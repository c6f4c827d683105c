import { partitionOf } from '../core/partitionOf.ts';

/** How many messages without a key go to one partition before the next has its turn: appends stay large. */
const RUN = 100;

/** The partitions of one stream: their names, and which of them a message goes to. */
export class Partitions {
  /** `orders.0`, `orders.1`, … */
  readonly names: readonly string[];
  private keyless = 0;

  constructor(
    readonly stream: string,
    count = 1,
  ) {
    this.names = Array.from({ length: count }, (_, i) => `${stream}.${i}`);
  }

  /** The partition of a message: that of its key; without one, each in turn for a run of messages. */
  of(key: string | undefined): string {
    const { length } = this.names;
    const number = key === undefined ? Math.floor(this.keyless++ / RUN) % length : partitionOf(key, length);
    return this.names[number] as string;
  }
}
