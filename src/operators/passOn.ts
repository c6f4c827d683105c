import type { Subscriber } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';

/** Hands a delivery to a subscriber; gives it back to its source if the subscriber has gone meanwhile. */
export function passOn<D extends Delivery>(subscriber: Subscriber<D>, delivery: D): void {
  if (subscriber.closed) delivery.release();
  else subscriber.next(delivery);
}
