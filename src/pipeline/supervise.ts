import {
  defer,
  EMPTY,
  finalize,
  type Observable,
  retry,
  type SchedulerLike,
  takeUntil,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { InvalidOptionError, PermanentError, toError } from '../core/errors.ts';
import { StoreError } from '../core/storeErrors.ts';
import { type BackoffOptions, backoffMs } from '../internal/backoff.ts';
import { checkBackoff } from '../sources/checkBackoff.ts';

/** When and how often a pipeline that failed is started again: the waits, and their end. */
export interface RestartOptions extends BackoffOptions {
  /** How many restarts in a row; 0 for none. @default Infinity */
  readonly maxRestarts?: number;
  /** A run of this long starts the counting anew, in ms. @default 60_000 */
  readonly healthyMs?: number;
  /** Errors that no restart mends. @default `PermanentError`, and the `StoreError`s that are not retryable */
  readonly permanent?: (error: Error) => boolean;
}

/** What is supervised, and who is told. */
export interface Supervised<T> {
  /** Makes the flow, anew at each start. */
  readonly flow: () => Observable<T>;
  /** Emits once no restart is wanted any more; late subscribers too. */
  readonly stop: Observable<unknown>;
  readonly scheduler: SchedulerLike;
  /** The flow is about to start. */
  started(): void;
  /** The flow failed; it is not torn down yet. */
  failed(error: Error): void;
  /** What failed is torn down. */
  torn(): void;
  /** Whether to start again, after this wait. */
  restarting(error: Error, restart: number, waitMs: number): boolean;
}

/**
 * Starts a flow, and again after a backoff when it fails.
 *
 *     flow:       -a-#          -b-c-|
 *     supervise:  -a----(wait)---b-c-|
 *
 * Errors with the flow's error when that is permanent or restarts are used up. Completes when the flow does, and instead
 * of a restart when that is not wanted.
 *
 * @throws {InvalidOptionError} if `maxRestarts` is no whole number from 0
 */
export function supervise<T>(supervised: Supervised<T>, options: RestartOptions = {}): Observable<T> {
  const { flow, stop, scheduler } = supervised;
  const { maxRestarts = Infinity, healthyMs = 60_000, permanent = isPermanent, ...backoff } = options;
  if (!(maxRestarts >= 0) || (maxRestarts !== Infinity && !Number.isInteger(maxRestarts))) {
    throw new InvalidOptionError('restart.maxRestarts', maxRestarts, 'a whole number from 0, or Infinity');
  }
  checkBackoff('restart', backoff);
  let restarts = 0;
  let startedAt = 0;
  const again = (cause: unknown): Observable<unknown> => {
    const error = toError(cause);
    if (scheduler.now() - startedAt >= healthyMs) restarts = 0;
    if (permanent(error) || restarts >= maxRestarts) return throwError(() => error);
    restarts += 1;
    const waitMs = backoffMs(restarts, backoff);
    return supervised.restarting(error, restarts, waitMs) ? timer(waitMs, scheduler).pipe(takeUntil(stop)) : EMPTY;
  };
  const start = defer(() => {
    startedAt = scheduler.now();
    supervised.started();
    return watched(flow(), supervised);
  });
  return start.pipe(retry({ delay: again }));
}

/** Told twice of a failure: when it comes, and when everything that held deliveries has given them back. */
function watched<T>(flow: Observable<T>, supervised: Supervised<T>): Observable<T> {
  let failed = false;
  return flow.pipe(
    tap({
      error: (cause) => {
        failed = true;
        supervised.failed(toError(cause));
      },
    }),
    finalize(() => {
      if (failed) supervised.torn();
    }),
  );
}

function isPermanent(error: Error): boolean {
  return error instanceof PermanentError || (error instanceof StoreError && !error.retryable);
}
