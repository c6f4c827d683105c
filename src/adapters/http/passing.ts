import { HttpError, HttpRateLimitError } from './httpErrors.ts';

/** Whether it may be over when somebody looks again later: a limit too, however long it holds. */
export function passing(error: unknown): boolean {
  return error instanceof HttpError && (error.retryable || error instanceof HttpRateLimitError);
}
