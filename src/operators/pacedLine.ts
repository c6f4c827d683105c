import { type Subscriber, Subscription } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { Arrivals } from '../internal/arrivals.ts';
import type { PriorityRules } from './priorityOptions.ts';
import type { RateLimit } from './rateLimit.ts';
import { TieredQueue } from './tieredQueue.ts';

/**
 * Deliveries that wait for tokens; which gets the next, the policy says.
 *
 * | state   | event                              | next    | effect                                     |
 * |---------|------------------------------------|---------|--------------------------------------------|
 * | flowing | a delivery, a token                | flowing | it is handed on                            |
 * | flowing | a delivery, no token               | waiting | the limit is asked for when there are      |
 * | waiting | the limit is ready                 | flowing | hands on as many as there are tokens       |
 * | any     | told to finish, nothing waits      | ended   | completes                                  |
 * | any     | stopped, or the limit fails        | ended   | what waits is released                     |
 */
export class PacedLine<D extends Delivery> {
  private readonly waiting: TieredQueue<D>;
  private readonly arrivals = new Arrivals<D>();
  private handing = false;
  /** Something came up while handing on. */
  private again = false;
  private hasToken = false;
  private awaiting: Subscription | undefined;
  private finishing = false;

  constructor(
    private readonly limit: RateLimit,
    rules: PriorityRules,
    private readonly subscriber: Subscriber<D>,
  ) {
    this.waiting = new TieredQueue(rules);
  }

  take(delivery: D): void {
    this.arrivals.came(delivery);
    this.waiting.push(delivery, delivery.message.priority);
    this.run();
  }

  /** Completes once nothing waits. */
  finish(): void {
    this.finishing = true;
    this.run();
  }

  /** Gives back what waits. */
  stop(): void {
    this.finishing = false;
    this.awaiting?.unsubscribe();
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) next.release();
  }

  private run(): void {
    this.again = true;
    if (this.handing) return;
    this.handing = true;
    while (this.again) {
      this.again = false;
      while (this.waiting.size > 0 && !this.subscriber.closed && this.token()) this.hand(this.waiting.shift() as D);
      if (this.waiting.size > 0 && !this.subscriber.closed) this.await();
    }
    this.handing = false;
    if (this.finishing && this.waiting.size === 0) this.subscriber.complete();
  }

  private token(): boolean {
    this.hasToken ||= this.limit.take();
    return this.hasToken;
  }

  private hand(delivery: D): void {
    if (this.arrivals.lost(delivery)) return;
    this.hasToken = false;
    this.subscriber.next(delivery);
  }

  private await(): void {
    if (this.awaiting) return;
    // Before `ready`, which may answer before it returns.
    const awaiting = new Subscription();
    this.awaiting = awaiting;
    const over = (): void => {
      this.awaiting = undefined;
      awaiting.unsubscribe();
    };
    awaiting.add(
      this.limit.ready(this.waiting.size).subscribe({
        next: () => {
          over();
          this.run();
        },
        error: (cause) => {
          over();
          this.stop();
          this.subscriber.error(cause);
        },
      }),
    );
  }
}
