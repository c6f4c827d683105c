import type { Delivery } from '../core/delivery.ts';
import type { Message } from '../core/message.ts';
import { callWithin } from '../telemetry/callWithin.ts';

/** A synchronous callback of a user. */
export type DataCallback<T, V> = (data: T, message: Message<T>) => V;

/** What `callOn` returns when the callback threw: the delivery has failed. */
export const FAILED = Symbol('failed');

/** Calls a user's callback on a delivery, in its trace context; what it throws fails the delivery. */
export function callOn<T, V>(delivery: Delivery<T>, callback: DataCallback<T, V>): V | typeof FAILED {
  try {
    return callWithin(delivery.context, callback, delivery.data, delivery.message);
  } catch (cause) {
    delivery.fail(cause);
    return FAILED;
  }
}
