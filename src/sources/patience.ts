import { type Observable, type SchedulerLike, throwError, timer } from 'rxjs';
import { StoreError, StoreGivenUpError } from '../core/storeErrors.ts';
import { backoffMs } from '../internal/backoff.ts';

/** How long a store that can't be used is tried again. */
export interface ReconnectOptions {
  /** The longest wait between two tries, in ms; they grow from 100, half of each by lot. @default 5_000 */
  readonly maxMs?: number;
  /** After how long without success to give up, in ms. @default Infinity: never */
  readonly giveUpAfterMs?: number;
}

/** Counts the failures in a row of whoever tries again, and knows when it is enough. */
export class Patience {
  private count = 0;
  private sinceMs = 0;

  constructor(
    private readonly options: ReconnectOptions = {},
    private readonly scheduler: SchedulerLike,
  ) {}

  /** It has succeeded. */
  mended(): void {
    this.count = 0;
  }

  /**
   * It has failed: emits when it is time to try again. Errors with what no repetition mends, or with
   * `StoreGivenUpError` when it has failed for too long.
   * @param first called at the first of a row of failures
   */
  failed(error: Error, first: () => void): Observable<unknown> {
    if (!(error instanceof StoreError && error.retryable)) return throwError(() => error);
    const { maxMs = 5_000, giveUpAfterMs = Infinity } = this.options;
    const now = this.scheduler.now();
    if (this.count === 0) {
      this.sinceMs = now;
      first();
    }
    this.count += 1;
    const leftMs = this.sinceMs + giveUpAfterMs - now;
    if (leftMs <= 0) return throwError(() => new StoreGivenUpError(giveUpAfterMs, error));
    return timer(Math.min(leftMs, backoffMs(this.count, { maxMs })), this.scheduler);
  }
}
