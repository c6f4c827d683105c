import { firstValueFrom, timer } from 'rxjs';
import type { Bus } from '../../../bus/bus.ts';
import type { OutgoingMessage } from '../../../bus/publishing/publishMany.ts';

/** While one call is confirmed, the next is under way. */
const CALLS = 2;
const PAUSE_MS = 1;

export interface PumpSetup {
  readonly producers: readonly Bus[];
  readonly message: (n: number) => OutgoingMessage;
  /** How many messages one call publishes. @default 5_000 */
  readonly chunk?: number;
  /** Whether to go on publishing now, rather than wait for the consumers. */
  readonly room: (published: number) => boolean;
  /** How many to publish in all. @default until stopped */
  readonly count?: number;
  /** Told of each confirmed call. */
  readonly published: (count: number) => void;
}

/** Publishes as fast as the store takes it and the consumers follow. */
export class Pump {
  private next = 0;
  private stopped = false;

  constructor(private readonly setup: PumpSetup) {}

  /** Resolves once all is published, or what was under way when it was stopped. */
  async run(): Promise<void> {
    const calls = this.setup.producers.flatMap((bus) => Array.from({ length: CALLS }, () => this.publish(bus)));
    try {
      await Promise.all(calls);
    } finally {
      this.stop();
    }
  }

  stop(): void {
    this.stopped = true;
  }

  private async publish(bus: Bus): Promise<void> {
    const { count = Number.POSITIVE_INFINITY, chunk = 5_000, room, published } = this.setup;
    while (!this.stopped && this.next < count) {
      if (!room(this.next)) {
        await firstValueFrom(timer(PAUSE_MS));
        continue;
      }
      const from = this.next;
      const to = Math.min(count, from + chunk);
      this.next = to;
      await bus.publishMany(this.messages(from, to));
      published(to - from);
    }
  }

  private *messages(from: number, to: number): Iterable<OutgoingMessage> {
    for (let n = from; n < to; n++) yield this.setup.message(n);
  }
}
