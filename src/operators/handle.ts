import { asyncScheduler, type Observable, type OperatorFunction, type SchedulerLike } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { checkCount } from './checkCount.ts';
import { checkFunction } from './checkFunction.ts';
import { checkMs } from './checkMs.ts';
import { HandlerPool } from './handlerPool.ts';
import type { HandlerSetup } from './handlerRun.ts';
import type { HandlerContext } from './handlerScope.ts';

/** A user's code: returns its answer, or a Promise or an Observable of it. */
export type Handler<T, A> = (data: T, context: HandlerContext<T>) => A;

/** The answer in what a handler returns. */
export type Answer<A> = A extends Observable<infer R> ? R : Awaited<A>;

/** The data behind a handler: its answer; the data it was given, where it answers nothing. */
export type Handled<T, R> = Exclude<R, void | undefined> | (undefined extends R ? T : never);

export interface HandleOptions {
  /** How many handlers may run at once, a whole number from 1. @default 1 */
  readonly concurrency?: number;
  /** How long one may take to answer, in ms. A synchronous answer is never late. @default no limit */
  readonly timeoutMs?: number;
  /** Whose time the timeout is. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Runs a handler on each delivery's data; its answer, a value or a Promise or an Observable of one, is the new data. A
 * handler that answers nothing (undefined) passes the data on as it is.
 *
 *     source:                                     -a-b-c---|
 *     handle((data) => timer(30).pipe(map(…))):   ----A--B--(C|)
 *
 * Order: what waits starts by tier, the most urgent first, and within a tier as it came. With a concurrency of 1 that is
 * the order of what comes out; above, it is that of completion. Memory: what waits for its turn is bounded by the source's
 * credit. Settlement: none of its own while all goes well.
 *
 * Errors: a throw, a rejection or an Observable's error fails the delivery (the source's failure policy decides); a
 * timeout fails it with `HandlerTimeoutError` and frees its place, though a handler that ignores its signal goes on
 * running; an Observable's second value rejects it with `HandlerAnsweredTwiceError`. Nothing is emitted for it and the
 * stream goes on. An Observable's answer counts when it completes.
 *
 * A delivery that others settle while it waits or runs is dropped. One that was settled before it came is handled all
 * the same: put `acknowledge()` before it to handle at most once. On unsubscription and on a source error, signals are
 * aborted and what waits or runs is released; on completion, everything is handled first.
 *
 * @example
 * bus.from('orders.*', { group: 'check' }).pipe(
 *   handle(async (order, { signal }) => (await fetch(url(order), { signal })).json(), { concurrency: 50 }),
 * );
 *
 * @throws {InvalidOptionError} if the handler is no function, concurrency no whole number from 1, or timeoutMs no time
 */
export function handle<T, A>(
  handler: Handler<T, A>,
  options: HandleOptions = {},
): OperatorFunction<Delivery<T>, Delivery<Handled<T, Answer<A>>>> {
  const { concurrency = 1, timeoutMs, scheduler = asyncScheduler } = options;
  checkFunction('handler', handler);
  checkCount('concurrency', concurrency);
  checkMs('timeoutMs', timeoutMs);
  const setup = { handler: handler as HandlerSetup['handler'], timeoutMs, scheduler };
  const attributes = timeoutMs === undefined ? { concurrency } : { concurrency, timeoutMs };
  const operator = operate<Delivery, Delivery>((source, subscriber) => {
    const pool = new HandlerPool(concurrency, setup, subscriber);
    feed(source, subscriber, {
      next: (delivery) => pool.take(delivery),
      error: (cause) => {
        pool.stop();
        subscriber.error(cause);
      },
      complete: () => pool.finish(),
    });
    return () => pool.stop();
  });
  return described(
    { kind: 'operator', name: 'handle', attributes },
    operator as OperatorFunction<Delivery<T>, Delivery<Handled<T, Answer<A>>>>,
  );
}
