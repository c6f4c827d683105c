import { asyncScheduler, Observable, type ObservableInput } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError, toError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import { chained } from '../internal/graph.ts';
import { failurePolicy } from './failurePolicy.ts';
import { inputOf } from './local/inputOf.ts';
import { checkCredit, type LocalOptions } from './local/localOptions.ts';
import { LocalSource } from './local/localSource.ts';
import { messageMaker } from './local/messageOptions.ts';
import type { Overflow } from './local/pushedInput.ts';
import { type OnReject, rejections } from './local/rejections.ts';

export interface FromObservableOptions<T> extends LocalOptions<T> {
  /** @default 'observable' */
  readonly name?: string;
  /** The most values of an Observable that wait for credit; an iterable is pulled and needs none. @default 1_000 */
  readonly bufferSize?: number;
  /**
   * What becomes of a value that an Observable pushes into a full buffer: `'error'` stops reading and, when what it has
   * is settled, errors with `BufferOverflowError`; the others drop, and say how many in warnings (`SLUICE_DROPPED`).
   * @default 'error'
   */
  readonly overflow?: Overflow;
  /** Takes what was rejected. @default a warning for each (`SLUICE_REJECTED`) */
  readonly onReject?: OnReject<T>;
}

const OVERFLOWS: readonly Overflow[] = ['error', 'drop-oldest', 'drop-newest'];

/**
 * Makes deliveries of whatever RxJS can read: an Observable, a Promise, an iterable or an async iterable.
 *
 *     input:                  -a--b---|
 *     fromObservable(input):  -a--b-------(b|)    b is retried after 8 ms, as attempt 2
 *
 * Iterables and async iterables are pulled, one value for each credit, and `return()` is called when unsubscribed.
 * An Observable can't be slowed: what exceeds the credit waits in a buffer.
 *
 * Order: kept; what is retried comes later. Memory: `credit` deliveries and, of an Observable, `bufferSize` values.
 * Settlement: local. An ack gives its credit back; retry and release hand the same data out again, a release without
 * counting the attempt; a rejection goes to `onReject`. Completes, or errors as the input did, once everything that was
 * given out is settled. After unsubscription only rejections have an effect.
 *
 * @example
 * fromObservable(readings, { topic: (reading) => `sensors.${reading.room}`, credit: 16 }).pipe(handle(store));
 *
 * @throws {InvalidOptionError} if an option is out of its bounds, or the input is nothing RxJS can read
 * @throws {InvalidTopicError} if a fixed topic, or the name in its stead, can't be published to
 */
export function fromObservable<T>(
  input: ObservableInput<T>,
  options: FromObservableOptions<T> = {},
): Observable<Delivery<T>> {
  const { name = 'observable', credit = 256, bufferSize = 1_000, overflow = 'error' } = options;
  const { scheduler = asyncScheduler, onReject } = options;
  if (!(bufferSize >= 0)) throw new InvalidOptionError('bufferSize', bufferSize, 'a number from 0');
  if (!OVERFLOWS.includes(overflow))
    throw new InvalidOptionError('overflow', overflow, `one of ${OVERFLOWS.join(', ')}`);
  const newInput = inputOf(input, { name, bufferSize, overflow });
  const common = { name, credit: checkCredit(credit), judge: failurePolicy(options), scheduler };
  const make = messageMaker(options, name);
  const rejected = rejections(name, onReject);

  const source = new Observable<Delivery<T>>((subscriber) => {
    let count = 0;
    const message = (data: T): Message<T> | undefined => {
      const id = `${name}:${++count}`;
      try {
        return make({ data, id, time: scheduler.now() });
      } catch (cause) {
        rejected({ data, error: toError(cause), what: `'${id}'` });
        return undefined;
      }
    };
    new LocalSource({ ...common, message, rejected }, newInput(), subscriber).start();
  });
  return chained(source, [{ kind: 'source', name: 'fromObservable', attributes: { name, credit } }]);
}
