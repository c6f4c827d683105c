import { asyncScheduler, Observable, type Observer, type OperatorFunction, type SchedulerLike, Subject } from 'rxjs';
import { Delivery } from '../core/delivery.ts';
import { InvalidOptionError, PermanentError } from '../core/errors.ts';
import { chained, chainOf, described } from '../internal/graph.ts';
import { feed } from '../internal/operate.ts';
import { checkCount } from './checkCount.ts';
import { checkFunction } from './checkFunction.ts';
import { checkMs } from './checkMs.ts';
import type { CircuitChange } from './circuit.ts';
import { CircuitLine, type CircuitLineOptions } from './circuitLine.ts';

export interface CircuitBreakOptions {
  /** The share of failures at which it opens, above 0 and at most 1. @default 0.5 */
  readonly failureRate?: number;
  /** How many there must be within `windowMs` before the share counts, a whole number from 1. @default 10 */
  readonly minimum?: number;
  /** Over how long the share is reckoned, in ms. @default 10_000 */
  readonly windowMs?: number;
  /** How many failures in a row open it, whatever the share, a whole number from 1; Infinity: none. @default Infinity */
  readonly consecutive?: number;
  /** How long it stays open before it tries again, in ms. @default 5_000 */
  readonly coolDownMs?: number;
  /** How many it lets through to try, all of which must be answered before it closes, a whole number from 1. @default 1 */
  readonly probes?: number;
  /** How many may be inside the operator at once, a whole number from 1: what is inside when it opens is tried. @default 16 */
  readonly concurrency?: number;
  /**
   * Whether a failure tells of what is called, and not of the message. A message that fails by itself and is taken for an
   * outage keeps the circuit open and uses up no attempts: tell the two apart, and put `validate` before it.
   * @default all but `PermanentError`
   */
  readonly isFailure?: (error: Error) => boolean;
  /** Told each change of its state, and why: a Subject will do. */
  readonly changes?: Pick<Observer<CircuitChange>, 'next'>;
  /** Whose time it goes by. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Holds deliveries back while what an operator calls is failing, instead of failing them one after the other.
 *
 *     source:                               -a-b-c-d-------|
 *     the operator fails a and b:           -x-x                the second opens it
 *     circuitBreak(…, { coolDownMs: 6 }):   ---------(cd)--|    c is the probe, and closes it
 *
 * It counts what becomes of the deliveries inside: an answer is the first that comes out of the operator, or an ack there;
 * a failure is a `fail` there that `isFailure`. Once too many failed it **opens**: nothing is let in for `coolDownMs`. Then
 * it is **half-open** and lets `probes` in: if all are answered it **closes**, and if one fails it opens again. A probe that
 * never ends keeps it half-open, so give the handler a timeout.
 *
 * Order: what waits goes in by tier, the most urgent first, and ages; within a tier as it came. Memory: what waits, at most
 * the source's credit. Settlement: a failure while the circuit is closed fails the delivery, as it would without; one while
 * it is not (a probe, or what had been inside when it opened) releases it, so that an outage uses up no attempts: it comes
 * again and waits here. All other verdicts stand. On unsubscription and on a source error what waits is released; on completion
 * it is let in first, as the circuit allows. What had been settled before it came is let in at once, and its failures are not
 * seen: put it before `acknowledge()`. Errors: the operator's.
 *
 * @example
 * bus.from('orders.*', { group: 'book' }).pipe(
 *   circuitBreak(handle(book, { concurrency: 16, timeoutMs: 2_000 }), {
 *     coolDownMs: 30_000,
 *     changes: { next: ({ to, reason }) => console.warn(`circuit ${to}: ${reason}`) },
 *   }),
 * );
 *
 * @throws {InvalidOptionError} if the operator is no function, or an option makes no sense
 */
export function circuitBreak<D extends Delivery, R>(
  operator: OperatorFunction<D, R>,
  options: CircuitBreakOptions = {},
): OperatorFunction<D, R> {
  checkFunction('operator', operator);
  const { changes, ...rules } = rulesOf(options);
  const { failureRate, minimum, coolDownMs, probes, concurrency } = rules;
  const attributes = { failureRate, minimum, coolDownMs, probes, concurrency };
  const inner = chainOf(operator(chained(new Observable<D>(), [])));
  return described(
    { kind: 'operator', name: 'circuitBreak', attributes, inner },
    (source) =>
      new Observable<R>((subscriber) => {
        // A Subject in between: RxJS takes care of what a listener throws.
        const told = new Subject<CircuitChange>();
        if (changes) told.subscribe((change) => changes.next(change));
        const lines = new Set<CircuitLine<D>>();
        const entered = new Observable<D>((entry) => {
          const line = new CircuitLine<D>({ ...rules, changed: (change) => told.next(change) }, entry);
          lines.add(line);
          feed(source, entry, {
            next: (delivery) => line.take(delivery),
            error: (cause) => {
              line.stop();
              entry.error(cause);
            },
            complete: () => line.finish(),
          });
          return () => {
            lines.delete(line);
            line.stop();
          };
        });
        feed(operator(entered), subscriber, {
          next: (value) => {
            if (value instanceof Delivery) for (const line of lines) line.left(value.duty);
            subscriber.next(value);
          },
        });
      }),
  );
}

interface Rules extends Omit<CircuitLineOptions, 'changed'> {
  readonly changes: CircuitBreakOptions['changes'] | undefined;
}

function rulesOf(options: CircuitBreakOptions): Rules {
  const { failureRate = 0.5, minimum = 10, windowMs = 10_000, consecutive = Infinity, coolDownMs = 5_000 } = options;
  const { probes = 1, concurrency = 16, isFailure = notPermanent, changes, scheduler = asyncScheduler } = options;
  if (!(typeof failureRate === 'number' && failureRate > 0 && failureRate <= 1)) {
    throw new InvalidOptionError('failureRate', failureRate, 'a number above 0, at most 1');
  }
  checkCount('minimum', minimum);
  checkMs('windowMs', windowMs);
  if (consecutive !== Infinity) checkCount('consecutive', consecutive);
  checkMs('coolDownMs', coolDownMs);
  checkCount('probes', probes);
  checkCount('concurrency', concurrency);
  checkFunction('isFailure', isFailure);
  if (changes !== undefined && typeof changes?.next !== 'function') {
    throw new InvalidOptionError('changes', changes, 'an object with `next`, such as a Subject');
  }
  const times = { windowMs, coolDownMs, scheduler };
  return { failureRate, minimum, consecutive, probes, concurrency, isFailure, changes, ...times };
}

function notPermanent(error: Error): boolean {
  return !(error instanceof PermanentError);
}
