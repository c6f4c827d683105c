import { PermanentError } from '../../core/errors.ts';
import type { Failure } from '../reply.ts';
import type { Answering } from './answering.ts';
import { failureOf } from './failureOf.ts';

/** What can't be encoded, or is too large, is answered otherwise: whoever asked waits for something. */
export async function orElse<R>(
  send: () => Promise<unknown>,
  otherwise: (cause: PermanentError) => Promise<R>,
): Promise<R | undefined> {
  try {
    await send();
    return undefined;
  } catch (cause) {
    if (!(cause instanceof PermanentError)) throw cause;
    return otherwise(cause);
  }
}

/** Sends an answer; resolves with the failure that was told in its place, if any. */
export function orFailure(answering: Answering, send: () => Promise<unknown>): Promise<Failure | undefined> {
  return orElse(send, async (cause) => {
    const failure = failureOf(cause);
    await answering.failure(failure);
    return failure;
  });
}

export function withoutDetails<F extends Failure>({ details, ...rest }: F): Omit<F, 'details'> {
  return rest;
}
