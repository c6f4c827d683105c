import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { checkRateLimit } from './checkRateLimit.ts';
import { PacedLine } from './pacedLine.ts';
import { type PriorityOptions, priorityRules } from './priorityOptions.ts';
import type { RateLimit, RateLimitOptions } from './rateLimit.ts';

/**
 * Passes deliveries on no faster than a limit allows; what exceeds it waits, and nothing is lost. Elsewhere this is called
 * a throttle; RxJS's `throttle` is another thing, it drops.
 *
 *     source:                              -(abcd)----------|
 *     limitRate({ rate: 250, burst: 2 }):  -(ab)c---d-------|    a frame is 1 ms
 *
 * The limit is a token bucket: `rate` tokens come a second, up to `burst` are kept, and each delivery takes one. With
 * `tokenBucket` it can be changed while it is used, and shared by several operators; with `bus.rateLimit` all processes on a
 * store share it. Timers are of whole milliseconds, so that more than 1,000 a second go in small clumps.
 *
 * Order: what waits goes by policy, the most urgent first unless told otherwise, and ages, so that nothing starves. Memory:
 * what waits, at most the source's credit; behind `acknowledge()` nothing bounds it, so put it before. Settlement: none of
 * its own; what others settle while it waits is dropped. On unsubscription and on a source error what waits is released; on
 * completion it is passed on first. Errors: what a shared limit's store refuses for good; while the store can't be reached,
 * it waits.
 *
 * @example
 * const limit = bus.rateLimit('bookings', { rate: 100, burst: 20 });
 * bus.from('orders.*', { group: 'book' }).pipe(limitRate(limit), handle(book, { concurrency: 20 }));
 *
 * @throws {InvalidOptionError} if rate is not above 0, burst no whole number from 1, or the policy makes no sense
 */
export function limitRate<D extends Delivery>(
  limit: RateLimitOptions | RateLimit,
  options: PriorityOptions = {},
): MonoTypeOperatorFunction<D> {
  const rules = priorityRules(options);
  const bucket = checkRateLimit(limit, rules.scheduler);
  const { rate, burst } = bucket.limits;
  return described(
    { kind: 'operator', name: 'limitRate', attributes: { rate, burst, policy: rules.policy } },
    operate<D, D>((source, subscriber) => {
      const line = new PacedLine<D>(bucket, rules, subscriber);
      feed(source, subscriber, {
        next: (delivery) => line.take(delivery),
        error: (cause) => {
          line.stop();
          subscriber.error(cause);
        },
        complete: () => line.finish(),
      });
      return () => line.stop();
    }),
  );
}
