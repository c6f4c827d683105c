import { asyncScheduler, type Observable, type OperatorFunction, type SchedulerLike } from 'rxjs';
import { checkOptions, type OptionNames } from '../core/checkOptions.ts';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { checkFunction } from './checkFunction.ts';
import { checkMs } from './checkMs.ts';
import { HandlerPool } from './handlerPool.ts';
import type { HandlerSetup } from './handlerRun.ts';
import type { HandlerContext } from './handlerScope.ts';
import { type ConcurrencyRange, type Scaling, scalingOf } from './scaling/concurrencyRange.ts';
import { Scaler } from './scaling/scaler.ts';

/** A user's code: returns its answer, or a Promise or an Observable of it. */
export type Handler<T, A> = (data: T, context: HandlerContext<T>) => A;

/** The answer in what a handler returns. */
export type Answer<A> = A extends Observable<infer R> ? R : Awaited<A>;

/** The data behind a handler: its answer; the data it was given, where it answers nothing. */
export type Handled<T, R> = Exclude<R, void | undefined> | (undefined extends R ? T : never);

export interface HandleOptions {
  /** How many handlers may run at once: a whole number from 1, or a range to choose from as the load asks. @default 1 */
  readonly concurrency?: number | ConcurrencyRange;
  /** How long one may take to answer, in ms. A synchronous answer is never late. @default no limit */
  readonly timeoutMs?: number;
  /** Whose time the timeout and the scaling keep. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

const OPTION_NAMES: OptionNames<HandleOptions> = { concurrency: true, timeoutMs: true, scheduler: true };

/**
 * Runs a handler on each delivery's data; its answer, a value or a Promise or an Observable of one, is the new data. A
 * handler that answers nothing (undefined) passes the data on as it is.
 *
 *     source:                                     -a-b-c---|
 *     handle((data) => timer(30).pipe(map(…))):   ----A--B--(C|)
 *
 * With `concurrency: { min, max }` it runs as many at once as the load asks for and the event loop bears: more while all
 * are busy and deliveries wait, fewer once fewer have been enough for a while. `onScale` is told of each change and why.
 *
 * Order: what waits starts by tier, the most urgent first, and within a tier as it came; what has been passed over for
 * 10 s counts as a tier more urgent, and so on (`prioritize` before it has other policies). With a concurrency of 1 that is
 * the order of what comes out; above, it is that of completion. Memory: what waits for its turn is bounded by the source's
 * credit, which bounds what can run as well. Settlement: none of its own while all goes well.
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
 * @throws {InvalidOptionError} if the handler is no function, concurrency neither a whole number from 1 nor a range of
 * them, or timeoutMs no time
 */
export function handle<T, A>(
  handler: Handler<T, A>,
  options: HandleOptions = {},
): OperatorFunction<Delivery<T>, Delivery<Handled<T, Answer<A>>>> {
  checkFunction('handler', handler);
  checkOptions('options', options, OPTION_NAMES);
  const { concurrency = 1, timeoutMs, scheduler = asyncScheduler } = options;
  checkMs('timeoutMs', timeoutMs);
  const scaling = checkConcurrency(concurrency);
  const setup = { handler: handler as HandlerSetup['handler'], timeoutMs, scheduler };
  const bounds = scaling ? { min: scaling.min, max: scaling.max } : concurrency;
  const attributes = timeoutMs === undefined ? { concurrency: bounds } : { concurrency: bounds, timeoutMs };
  const operator = operate<Delivery, Delivery>((source, subscriber) => {
    const pool = new HandlerPool(scaling?.min ?? (concurrency as number), setup, subscriber);
    if (scaling) subscriber.add(scaled(pool, scaling, scheduler));
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

function checkConcurrency(concurrency: number | ConcurrencyRange): Scaling | undefined {
  if (typeof concurrency === 'object' && concurrency !== null) return scalingOf(concurrency);
  if (Number.isSafeInteger(concurrency) && concurrency >= 1) return undefined;
  throw new InvalidOptionError('concurrency', concurrency, 'a whole number from 1, or { min, max }');
}

/** Scales the pool until the result is called. */
function scaled(pool: HandlerPool, scaling: Scaling, scheduler: SchedulerLike): () => void {
  const scaler = new Scaler(scaling, scheduler, pool);
  pool.gauge = scaler;
  return () => scaler.stop();
}
