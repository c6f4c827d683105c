import type { OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError, PermanentError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { callOn, type DataCallback, FAILED } from './callOn.ts';
import { checkFunction } from './checkFunction.ts';
import { passOn } from './passOn.ts';

export interface WhereOptions {
  /** What becomes of the others: `'ack'` is done with them, `'reject'` makes them dead letters. @default 'ack' */
  readonly otherwise?: 'ack' | 'reject';
}

/**
 * Keeps the deliveries whose data match, and settles the others: RxJS's `filter` would leave them owed for ever.
 *
 *     source:            -1-2-3-4-|
 *     where((n) => n>2): -----3-4-|    1 and 2 are acked
 *
 * Order: kept. Memory: none. Settlement: what does not match is acked, or rejected if told so. Errors: what the
 * predicate throws fails the delivery, and the stream goes on.
 *
 * @example
 * const isPaid = (order: Order): order is PaidOrder => order.paid;
 * bus.from('orders.*', { group: 'ship' }).pipe(validate(Order), where(isPaid, { otherwise: 'reject' }));
 *
 * @throws {InvalidOptionError} if the predicate is no function, or otherwise is neither 'ack' nor 'reject'
 */
export function where<T, S extends T>(
  predicate: (data: T, message: Message<T>) => data is S,
  options?: WhereOptions,
): OperatorFunction<Delivery<T>, Delivery<S>>;
export function where<T>(
  predicate: DataCallback<T, boolean>,
  options?: WhereOptions,
): OperatorFunction<Delivery<T>, Delivery<T>>;
export function where<T>(
  predicate: DataCallback<T, boolean>,
  options: WhereOptions = {},
): OperatorFunction<Delivery<T>, Delivery<T>> {
  const { otherwise = 'ack' } = options;
  checkFunction('predicate', predicate);
  if (otherwise !== 'ack' && otherwise !== 'reject') {
    throw new InvalidOptionError('otherwise', otherwise, "'ack' or 'reject'");
  }
  const drop = otherwise === 'ack' ? (delivery: Delivery) => delivery.ack() : reject;
  return described(
    { kind: 'operator', name: 'where', attributes: { otherwise } },
    operate<Delivery<T>, Delivery<T>>((source, subscriber) =>
      feed(source, subscriber, {
        next: (delivery) => {
          const matches = callOn(delivery, predicate);
          if (matches === FAILED) return;
          if (matches) passOn(subscriber, delivery);
          else drop(delivery);
        },
      }),
    ),
  );
}

function reject(delivery: Delivery): void {
  const { id, topic } = delivery.message;
  delivery.reject(
    new PermanentError(`message '${id}' on '${topic}' is not wanted here`, { messageId: id }, 'NOT_WANTED'),
  );
}
