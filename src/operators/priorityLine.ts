import type { Subscriber } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { Priority } from '../core/priority.ts';
import { Soon } from '../internal/soon.ts';
import { InFlight } from './inFlight.ts';
import { passOn } from './passOn.ts';
import type { PriorityRules } from './priorityOptions.ts';
import { TieredQueue } from './tieredQueue.ts';

/**
 * Deliveries that wait for one of so many places; which is next, the policy says. A place is free again when its delivery
 * has settled.
 *
 * A settlement is heard of before its source is: what it makes room for is handed on in the next turn, not within it, or
 * a chain of deliveries that settle at once would keep the source from hearing of the first.
 */
export class PriorityLine<D extends Delivery> {
  private readonly waiting: TieredQueue<D>;
  private readonly inFlight: InFlight;
  private handing = false;
  private readonly soon = new Soon(() => this.run());
  private finishing = false;

  constructor(
    maxInFlight: number,
    rules: PriorityRules,
    private readonly subscriber: Subscriber<D>,
    /** Called once, when it was told to finish and nothing waits any more. */
    private readonly done: () => void,
  ) {
    this.waiting = new TieredQueue(rules);
    this.inFlight = new InFlight(
      (count) => count >= maxInFlight,
      () => this.tick(),
    );
  }

  /** One that was settled before it came is passed on at once: nobody would tell when its place is free. */
  take(delivery: D, priority: Priority): void {
    if (delivery.settled) return passOn(this.subscriber, delivery);
    this.waiting.push(delivery, priority);
    this.run();
  }

  finish(): void {
    this.finishing = true;
    this.run();
  }

  /** Gives back what waits. */
  stop(): void {
    this.finishing = false;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) next.release();
  }

  private tick(): void {
    if (this.waiting.size > 0) this.soon.ask();
  }

  private run(): void {
    if (this.handing) return;
    this.handing = true;
    while (this.waiting.size > 0 && !this.inFlight.full && !this.subscriber.closed)
      this.hand(this.waiting.shift() as D);
    this.handing = false;
    if (!this.finishing || this.waiting.size > 0) return;
    this.finishing = false;
    this.done();
  }

  private hand(delivery: D): void {
    if (delivery.settled) return;
    this.inFlight.enter(delivery.duty);
    this.subscriber.next(delivery);
  }
}
