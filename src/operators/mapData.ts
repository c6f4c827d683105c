import type { OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { callOn, type DataCallback, FAILED } from './callOn.ts';
import { checkFunction } from './checkFunction.ts';
import { passOn } from './passOn.ts';

/**
 * Makes new data of each delivery's data, synchronously. For what takes time or can fail for a while, use `handle`.
 *
 *     source:                   -a-b-c-|
 *     mapData((a) => upper(a)): -A-B-C-|
 *
 * Order: kept. Memory: none. Settlement: none of its own. Errors: what the function throws fails the delivery, and the
 * stream goes on.
 *
 * @example
 * fromObservable(readings).pipe(mapData(({ celsius }, { time }) => ({ kelvin: celsius + 273.15, time })));
 *
 * @throws {InvalidOptionError} if fn is no function
 */
export function mapData<T, U>(fn: DataCallback<T, U>): OperatorFunction<Delivery<T>, Delivery<U>> {
  checkFunction('fn', fn);
  return described(
    { kind: 'operator', name: 'mapData' },
    operate<Delivery<T>, Delivery<U>>((source, subscriber) =>
      feed(source, subscriber, {
        next: (delivery) => {
          const data = callOn(delivery, fn);
          if (data !== FAILED) passOn(subscriber, delivery.with(data));
        },
      }),
    ),
  );
}
