import type { OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { Message } from '../core/message.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { Serial } from '../internal/serial.ts';
import { callOn, type DataCallback, FAILED } from './callOn.ts';
import { checkFunction } from './checkFunction.ts';
import { passOn } from './passOn.ts';

/**
 * Makes many of one: a delivery for each part of the data, sharing the duty to settle it.
 *
 *     source:                 -a-----b---|
 *     splitData((a) => a.xs): -(xyz)-(x)-|
 *
 * Order: kept. Memory: the parts of one delivery, which are collected before the first is passed on, so they must end.
 * Settlement: the delivery settles when every part has, with the worst verdict (ack < release < retry < fail < reject).
 * No parts at all is an ack. Parts not passed on when the operator is torn down are released.
 * Errors: what the function, or its iterable, throws fails the delivery, and the stream goes on.
 *
 * @example
 * bus.from('invoices.*', { group: 'lines' }).pipe(validate(Invoice), splitData((invoice) => invoice.lines));
 *
 * @throws {InvalidOptionError} if fn is no function
 */
export function splitData<T, U>(
  fn: (data: T, message: Message<T>) => Iterable<U>,
): OperatorFunction<Delivery<T>, Delivery<U>> {
  checkFunction('fn', fn);
  const partsOf: DataCallback<T, U[]> = (data, message) => Array.from(fn(data, message));
  return described(
    { kind: 'operator', name: 'splitData' },
    operate<Delivery<T>, Delivery<U>>((source, subscriber) => {
      const shares = new Serial<Delivery<U>>(
        (share) => passOn(subscriber, share),
        () => subscriber.complete(),
      );
      feed(source, subscriber, {
        next: (delivery) => {
          const parts = callOn(delivery, partsOf);
          if (parts !== FAILED) shares.nextAll(delivery.split(parts));
        },
        complete: () => shares.complete(),
      });
    }),
  );
}
