import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { Serial } from '../internal/serial.ts';

/**
 * Acks each delivery and passes it on: what the end of a pipeline does, for those who have none.
 *
 *     source:        -a-b-c-|
 *     acknowledge(): -a-b-c-|    each is acked before it is passed on
 *
 * Order: kept. Memory: none; deliveries that an ack brings while another is passed on wait, within the source's credit.
 * Settlement: acks; a delivery that was settled before keeps its verdict. Behind it, failures are not repeated: put it
 * before `handle` for at most once, behind it for at least once. Errors: none of its own.
 *
 * @example
 * bus.from('orders.*', { group: 'books' }).pipe(handle(store), acknowledge()).subscribe();
 */
export function acknowledge<D extends Delivery>(): MonoTypeOperatorFunction<D> {
  return described(
    { kind: 'operator', name: 'acknowledge' },
    operate<D, D>((source, subscriber) => {
      const acked = new Serial<D>(
        (delivery) => {
          if (subscriber.closed) return void delivery.release();
          delivery.ack();
          subscriber.next(delivery);
        },
        () => subscriber.complete(),
      );
      feed(source, subscriber, { next: (delivery) => acked.next(delivery), complete: () => acked.complete() });
    }),
  );
}
