import type { MonoTypeOperatorFunction, SchedulerLike, Subscriber, Subscription } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { Fifo } from '../internal/fifo.ts';
import { feed, operate } from '../internal/operate.ts';
import { type Flight, InFlight } from '../operators/inFlight.ts';

/** How long one on probation is alone, in ms: a stage may keep it for hours, or until others have come. */
const ALONE_MS = 1_000;

/**
 * Finds out which message breaks a pipeline, when it was not seen: after such a failure as many deliveries as were in
 * hand then go in one at a time, and the one that is in when it fails again is to blame.
 *
 * | state   | event                                           | next                                       |
 * |---------|-------------------------------------------------|--------------------------------------------|
 * | free    | a failure that nobody is seen to have caused    | careful, for as many as were in hand       |
 * | careful | what was let in has settled, or 1 s has passed  | careful: the next is let in; the last: free |
 * | careful | a failure that nobody is seen to have caused    | careful, anew; what was let in is to blame |
 */
export class Probation {
  private left = 0;
  private readonly suspects = new Set<Delivery>();

  constructor(private readonly scheduler: SchedulerLike) {}

  /** A failure that nobody is seen to have caused, with so many in hand. Returns those to blame: none the first time. */
  failed(inHand: number): readonly Delivery[] {
    const blamed = [...this.suspects].filter(({ settled }) => !settled);
    this.suspects.clear();
    this.left = Math.max(this.left, inHand);
    return blamed;
  }

  /** Lets deliveries in as the state says; what waits is given back when the flow ends before its turn. */
  gate(): MonoTypeOperatorFunction<Delivery> {
    return operate((source, subscriber) => {
      const waiting = new Fifo<Delivery>();
      let alone: Subscription | undefined;
      let looping = false;
      let completed = false;
      const next = (): void => {
        if (looping) return;
        looping = true;
        while (waiting.size > 0 && !inFlight.full && !subscriber.closed) {
          alone?.unsubscribe();
          const flight = this.admit(waiting.shift() as Delivery, inFlight, subscriber);
          alone = flight && this.scheduler.schedule(() => flight.ended(), ALONE_MS);
        }
        looping = false;
        if (completed && waiting.size === 0) subscriber.complete();
      };
      const inFlight = new InFlight((count) => count > 0 && this.left > 0, next);
      const giveBack = (): void => {
        alone?.unsubscribe();
        for (let one = waiting.shift(); one; one = waiting.shift()) one.release();
      };
      feed(source, subscriber, {
        next: (delivery) => {
          if (this.left === 0 && waiting.size === 0) return subscriber.next(delivery);
          waiting.push(delivery);
          next();
        },
        complete: () => {
          completed = true;
          next();
        },
      });
      return giveBack;
    });
  }

  private admit(delivery: Delivery, inFlight: InFlight, subscriber: Subscriber<Delivery>): Flight | undefined {
    if (this.left === 0) {
      subscriber.next(delivery);
      return undefined;
    }
    this.left -= 1;
    for (const suspect of this.suspects) if (suspect.settled) this.suspects.delete(suspect);
    this.suspects.add(delivery);
    const flight = inFlight.enter(delivery.duty);
    subscriber.next(delivery);
    return delivery.settled ? undefined : flight;
  }
}
