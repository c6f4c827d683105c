import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { Message } from '../core/message.ts';
import type { Priority } from '../core/priority.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { callOn, type DataCallback, FAILED } from './callOn.ts';
import { checkCount } from './checkCount.ts';
import { checkFunction } from './checkFunction.ts';
import { checkPriority } from './checkPriority.ts';
import { PriorityLine } from './priorityLine.ts';
import { type PriorityOptions, priorityRules } from './priorityOptions.ts';

export interface PrioritizeOptions<T> extends PriorityOptions {
  /** How many deliveries may be passed on and unsettled at once, a whole number from 1. @default 16 */
  readonly maxInFlight?: number;
  /** What a delivery's tier is here. @default its message's priority */
  readonly priorityOf?: (data: T, message: Message<T>) => Priority;
}

/**
 * Passes on so many deliveries at once, and the waiting ones by priority as those settle: the settlement is the demand.
 *
 *     source:                            (lmc)-----|    a low, another, a critical one
 *     settled:                           ---l--c--m-
 *     prioritize({ maxInFlight: 1 }):    l--c--m---|
 *
 * Put it before what takes its time: an urgent delivery is behind at most `maxInFlight` that are under way, however many
 * wait. Less in flight makes it sooner; too little leaves what comes after idle.
 *
 * Order: by policy (`strict` or `weighted`), within a tier as it came; what waits ages, so that nothing starves. Memory:
 * what waits, at most the source's credit, and `maxInFlight`. Settlement: none of its own; what others settle while it
 * waits is dropped, and what had been settled before it came is passed on at once. An open batch behind it closes when
 * its members are all that is in flight. On unsubscription and on a source error what waits is released; on completion it is
 * passed on first. Errors: what `priorityOf` throws, or gives that is no tier, fails the delivery.
 *
 * @example
 * bus.from('orders.*', { group: 'book' }).pipe(
 *   prioritize({ maxInFlight: 50, policy: 'weighted' }),
 *   handle(book, { concurrency: 50 }),
 * );
 *
 * @throws {InvalidOptionError} if maxInFlight is no whole number from 1, priorityOf no function, or the policy makes no sense
 */
export function prioritize<T>(options: PrioritizeOptions<T> = {}): MonoTypeOperatorFunction<Delivery<T>> {
  const { maxInFlight = 16, priorityOf } = options;
  checkCount('maxInFlight', maxInFlight);
  if (priorityOf !== undefined) checkFunction('priorityOf', priorityOf);
  const rules = priorityRules(options);
  const tierOf: DataCallback<T, Priority> = priorityOf
    ? (data, message) => checkPriority('priorityOf(data)', priorityOf(data, message))
    : (_, message) => message.priority;
  return described(
    { kind: 'operator', name: 'prioritize', attributes: { maxInFlight, policy: rules.policy } },
    operate<Delivery<T>, Delivery<T>>((source, subscriber) => {
      const line = new PriorityLine(maxInFlight, rules, subscriber, () => subscriber.complete());
      feed(source, subscriber, {
        next: (delivery) => {
          const priority = callOn(delivery, tierOf);
          if (priority !== FAILED) line.take(delivery, priority);
        },
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
