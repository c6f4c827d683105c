import { InvalidOptionError, PermanentError, toError } from '../core/errors.ts';
import type { Outcome, Verdict } from '../core/outcome.ts';
import { type BackoffOptions, backoffMs } from '../internal/backoff.ts';
import { checkBackoff } from './checkBackoff.ts';

/** What becomes of a delivery that failed. */
export interface FailurePolicy {
  /** Hand-outs in all before it goes to the dead letters; Infinity never gives up. @default 5 */
  readonly attempts?: number;
  /** The wait before each retry. @default 100 ms, doubled each time up to 30 s, half of it by lot */
  readonly backoff?: BackoffOptions;
  /** Failures that no repetition mends: rejected at once. @default `PermanentError` and what extends it */
  readonly permanent?: (error: Error) => boolean;
}

/** Turns verdicts into outcomes. */
export type Judge = (verdict: Verdict, attempt: number) => Outcome;

/**
 * Compiles a failure policy: a failure becomes a retry after a backoff, or a rejection if it is permanent or was the
 * last attempt; every other verdict stands. What `permanent` throws is taken as the reason of a rejection.
 *
 * @throws {InvalidOptionError} if `attempts` is no whole number from 1, `permanent` no function, or a
 * wait can't be reckoned with `backoff`
 */
export function failurePolicy(policy: FailurePolicy = {}): Judge {
  const { attempts = 5, backoff, permanent = isPermanent } = policy;
  if (!(attempts >= 1) || (attempts !== Infinity && !Number.isInteger(attempts))) {
    throw new InvalidOptionError('attempts', attempts, 'a whole number from 1, or Infinity');
  }
  if (typeof permanent !== 'function') throw new InvalidOptionError('permanent', permanent, 'a function of the error');
  checkBackoff('backoff', backoff);
  return (verdict, attempt) => {
    if (verdict.kind !== 'fail') return verdict;
    const { error } = verdict;
    try {
      if (attempt >= attempts || permanent(error)) return { kind: 'reject', error };
    } catch (cause) {
      return { kind: 'reject', error: toError(cause) };
    }
    return { kind: 'retry', delayMs: backoffMs(attempt, backoff), error };
  };
}

function isPermanent(error: Error): boolean {
  return error instanceof PermanentError;
}
