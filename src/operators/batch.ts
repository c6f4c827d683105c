import { asyncScheduler, type OperatorFunction, type SchedulerLike } from 'rxjs';
import { Batch, type Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { Serial } from '../internal/serial.ts';
import { callOn, FAILED } from './callOn.ts';
import { checkCount } from './checkCount.ts';
import { checkFunction } from './checkFunction.ts';
import { checkMs } from './checkMs.ts';
import { OpenBatch } from './openBatch.ts';
import { passOn } from './passOn.ts';

export interface BatchOptions<T> {
  /** The most deliveries in a batch, a whole number from 1. */
  readonly maxSize: number;
  /** The most bytes in a batch, by `sizeOf`; a delivery larger than that goes alone. @default no limit */
  readonly maxBytes?: number;
  /** The bytes of one delivery's data. Required with `maxBytes`: data as it was decoded has no size of its own. */
  readonly sizeOf?: (data: T) => number;
  /** How long a batch waits after its first member, in ms. @default until it is full */
  readonly withinMs?: number;
  /** Whose time that is. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Joins deliveries into batches of at most `maxSize` and `maxBytes`, or what came within `withinMs` of the first.
 *
 *     source:               -a-b-c-----|
 *     batch({maxSize: 2}):  ---x-------(y|)    x = [a, b]  y = [c]
 *
 * A batch also closes when its members are all that their source may have out (the source's credit), since nothing more
 * could come: with a credit of 100, `maxSize: 500` makes batches of at most 100.
 *
 * Order: kept. Memory: at most `maxSize` deliveries. Settlement: settling the batch settles each member that is still
 * open; a member that others settle while the batch is open is left out of it. On a source error and on unsubscription
 * the members of the open batch are released: they come again, and the attempt does not count, as nothing was wrong with
 * them. On completion the open batch is closed. Errors: what `sizeOf` throws, or has no size
 * for, fails the delivery.
 *
 * @example
 * bus.from('ticks.*', { group: 'archive' }).pipe(
 *   batch({ maxSize: 500, withinMs: 100 }),
 *   handle((ticks) => database.insert(ticks)),
 * );
 *
 * @throws {InvalidOptionError} if maxSize is no whole number from 1, another limit is not above 0, or sizeOf is missing
 */
export function batch<T>(options: BatchOptions<T>): OperatorFunction<Delivery<T>, Batch<T>> {
  const { maxSize, maxBytes = Infinity, sizeOf = NO_SIZE, withinMs, scheduler = asyncScheduler } = options;
  checkLimits(options);
  const limits = { maxSize, maxBytes, withinMs, scheduler };
  const bytesOf = (data: T): number => checkBytes(sizeOf(data));
  return described(
    { kind: 'operator', name: 'batch', attributes: attributesOf(options) },
    operate<Delivery<T>, Batch<T>>((source, subscriber) => {
      const batches = new Serial<Batch<T>>(
        (full) => passOn(subscriber, full),
        () => subscriber.complete(),
      );
      const open = new OpenBatch<Delivery<T>>(limits, (members) => batches.next(Batch.of(members as AtLeastOne<T>)));
      feed(source, subscriber, {
        next: (delivery) => {
          const bytes = callOn(delivery, bytesOf);
          if (bytes !== FAILED) open.add(delivery, bytes);
        },
        error: (cause) => {
          open.release();
          subscriber.error(cause);
        },
        complete: () => {
          open.close();
          batches.complete();
        },
      });
      return () => open.release();
    }),
  );
}

type AtLeastOne<T> = readonly [Delivery<T>, ...Delivery<T>[]];

const NO_SIZE = (): number => 0;

function checkLimits<T>({ maxSize, maxBytes, sizeOf, withinMs }: BatchOptions<T>): void {
  checkCount('maxSize', maxSize);
  checkMs('withinMs', withinMs);
  if (maxBytes === undefined) return;
  if (!(maxBytes > 0)) throw new InvalidOptionError('maxBytes', maxBytes, 'a number of bytes above 0');
  checkFunction('sizeOf', sizeOf);
}

function checkBytes(bytes: number): number {
  if (bytes >= 0) return bytes;
  throw new InvalidOptionError('sizeOf(data)', bytes, 'a number of bytes from 0');
}

function attributesOf<T>({ maxSize, maxBytes, withinMs }: BatchOptions<T>): Record<string, number> {
  return { maxSize, ...(maxBytes !== undefined && { maxBytes }), ...(withinMs !== undefined && { withinMs }) };
}
