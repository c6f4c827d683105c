import { context } from '@opentelemetry/api';
import type { Delivery } from '../core/delivery.ts';

/** Calls a user's function on a delivery, in its trace context; what it throws fails the delivery: undefined then. */
export function callOn<D extends Delivery, V extends object>(delivery: D, callback: (delivery: D) => V): V | undefined {
  try {
    return context.with(delivery.context, callback, undefined, delivery);
  } catch (cause) {
    delivery.fail(cause);
    return undefined;
  }
}
