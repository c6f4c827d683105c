import { type Context, context } from '@opentelemetry/api';

/**
 * Calls a function in a context. Where that is the active one already, as it is without a context manager, the call is
 * a plain one: `context.with` costs two arrays and four calls.
 */
export function callWithin<A, B, R>(within: Context, fn: (first: A, second: B) => R, first: A, second: B): R {
  return within === context.active() ? fn(first, second) : context.with(within, fn, undefined, first, second);
}
