import { context } from '@opentelemetry/api';
import type { OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError, PermanentError } from '../core/errors.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';

/**
 * Rejects each delivery: it goes to the dead letters with the reason. Emits nothing.
 *
 *     source:         -a-b-|
 *     toDeadLetter(): -----|    a and b are rejected
 *
 * Order: kept. Memory: none. Settlement: rejects. Errors: none of its own; a reason that throws rejects with what it threw.
 *
 * @example
 * routeTopics({ 'orders.legacy.*': toDeadLetter('no longer taken'), 'orders.*': handle(store) });
 *
 * @param reason a sentence, or a function that makes an error of the delivery
 * @throws {InvalidOptionError} if the reason is neither
 */
export function toDeadLetter<T>(
  reason: string | ((delivery: Delivery<T>) => Error) = 'sent to the dead letters',
): OperatorFunction<Delivery<T>, Delivery<never>> {
  if (typeof reason !== 'string' && typeof reason !== 'function') {
    throw new InvalidOptionError('reason', reason, 'a sentence, or a function that makes an error of a delivery');
  }
  const errorOf = typeof reason === 'string' ? sentence(reason) : reason;
  return described(
    { kind: 'sink', name: 'toDeadLetter', attributes: typeof reason === 'string' ? { reason } : {} },
    operate((source, subscriber) =>
      feed(source, subscriber, {
        next: (delivery) => {
          if (!delivery.settled) delivery.reject(errorFor(delivery, errorOf));
        },
      }),
    ),
  );
}

function sentence(reason: string) {
  return ({ message }: Delivery) => new PermanentError(reason, { messageId: message.id }, 'DEAD_LETTER');
}

function errorFor<T>(delivery: Delivery<T>, errorOf: (delivery: Delivery<T>) => Error): unknown {
  try {
    return context.with(delivery.context, errorOf, undefined, delivery);
  } catch (cause) {
    return cause;
  }
}
