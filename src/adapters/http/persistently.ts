import { Observable, retry, type SchedulerLike, throwError, timer } from 'rxjs';
import { type BackoffOptions, backoffMs } from '../../internal/backoff.ts';
import { HttpCircuitOpenError, HttpError, HttpRateLimitError } from './httpErrors.ts';

export interface Persistence {
  /** How often it is tried, at most. */
  readonly attempts: number;
  readonly backoff: BackoffOptions;
  readonly scheduler: SchedulerLike;
}

/** Whether the next attempt makes sense. */
export function worthAnother(error: unknown): boolean {
  return error instanceof HttpError && error.retryable && !(error instanceof HttpCircuitOpenError);
}

/** Tries again, after growing waits, what may succeed later. Attempts are counted from 1. */
export function persistently<T>(attempt: (count: number) => Observable<T>, options: Persistence): Observable<T> {
  const { attempts, backoff, scheduler } = options;
  return new Observable<T>((subscriber) => {
    let count = 0;
    const once = new Observable<T>((one) => attempt(++count).subscribe(one));
    const again = retry<T>({
      count: attempts - 1,
      delay: (error: unknown, failed) => {
        if (!worthAnother(error)) return throwError(() => error);
        // What the server asked to wait is the pace's.
        return timer(error instanceof HttpRateLimitError ? 0 : backoffMs(failed, backoff), scheduler);
      },
    });
    return once.pipe(again).subscribe(subscriber);
  });
}
