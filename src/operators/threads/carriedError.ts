import { PermanentError, toError } from '../../core/errors.ts';
import { errorText } from '../../internal/errorText.ts';

/** An error on its way out of a thread: its class stays behind, what programs go by comes along. */
export interface CarriedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  /** Whether it was a `PermanentError`. */
  readonly permanent: boolean;
  readonly cause?: CarriedError;
}

/** How deep causes are followed: they may go in a circle. */
const DEPTH = 8;

/** Packs up what was thrown. */
export function carry(thrown: unknown, depth = DEPTH): CarriedError {
  const error = toError(thrown);
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    ...errorText(error),
    ...(typeof code === 'string' && { code }),
    ...(cause instanceof Error && depth > 0 && { cause: carry(cause, depth - 1) }),
    permanent: isPermanent(error),
  };
}

/** By name as well: a module that is compiled on its way into the thread may have a `PermanentError` of its own. */
function isPermanent(error: Error): boolean {
  if (error instanceof PermanentError) return true;
  for (let type = Object.getPrototypeOf(error); type !== null; type = Object.getPrototypeOf(type)) {
    if (type.constructor?.name === PermanentError.name) return true;
  }
  return false;
}

/** Makes an error of it again: with name, code, stack and cause; a `PermanentError` where it was one. */
export function revive({ name, message, stack, code, permanent, cause }: CarriedError, messageId?: string): Error {
  const why = cause === undefined ? {} : { cause: revive(cause) };
  const about = messageId === undefined ? {} : { messageId };
  const error = permanent ? new PermanentError(message, { ...why, ...about }, code) : new Error(message, why);
  if (code !== undefined) Object.assign(error, { code });
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
