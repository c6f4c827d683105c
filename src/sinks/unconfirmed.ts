import type { Subscriber } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidTopicError } from '../core/errors.ts';
import { Arrivals } from '../internal/arrivals.ts';
import { Serial } from '../internal/serial.ts';

/** Deliveries that were sent and not confirmed yet, on behalf of a subscriber. */
export class Unconfirmed<D extends Delivery> {
  private readonly awaited = new Set<D>();
  private readonly arrivals = new Arrivals<D>();
  private completing = false;
  private readonly confirmed: Serial<D>;

  constructor(private readonly subscriber: Subscriber<D>) {
    this.confirmed = new Serial(
      (delivery) => this.handOn(delivery),
      () => subscriber.complete(),
    );
  }

  add(delivery: D): void {
    this.arrivals.came(delivery);
    this.awaited.add(delivery);
  }

  /** Hands a delivery on, or fails it. A second confirmation, or one that comes after release, is nothing. */
  confirm(delivery: D, error: Error | undefined): void {
    if (!this.awaited.delete(delivery)) return;
    if (error === undefined) this.confirmed.next(delivery);
    else if (error instanceof InvalidTopicError) delivery.reject(error);
    else delivery.fail(error);
    this.endIfDone();
  }

  /** Completes the subscriber once everything is confirmed. */
  complete(): void {
    this.completing = true;
    this.endIfDone();
  }

  release(): void {
    for (const delivery of this.awaited) delivery.release();
    this.awaited.clear();
  }

  private handOn(delivery: D): void {
    if (this.subscriber.closed) delivery.release();
    else if (!this.arrivals.lost(delivery)) this.subscriber.next(delivery);
  }

  private endIfDone(): void {
    if (this.completing && this.awaited.size === 0) this.confirmed.complete();
  }
}
