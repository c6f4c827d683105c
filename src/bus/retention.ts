import type { SchedulerLike } from 'rxjs';
import { toError } from '../core/errors.ts';
import type { Notify } from '../core/notice.ts';
import type { StreamStore, TrimBounds } from '../core/store.ts';

export interface RetentionOptions {
  readonly store: StreamStore;
  /** What to keep; nothing set keeps everything. */
  readonly bounds: TrimBounds;
  /** The least time between two trims of a stream, in ms. */
  readonly everyMs: number;
  readonly notify: Notify;
  readonly scheduler: SchedulerLike;
}

/** Trims the streams that are published to, from time to time; what a group still owes stays. */
export class Retention {
  private readonly trimmedAt = new Map<string, number>();
  private readonly active: boolean;

  constructor(private readonly options: RetentionOptions) {
    this.active = Object.values(options.bounds).some((bound) => bound !== undefined);
  }

  /** Says that a stream grew. */
  grown(stream: string): void {
    if (!this.active) return;
    const { scheduler, everyMs } = this.options;
    const now = scheduler.now();
    const before = this.trimmedAt.get(stream);
    if (before === undefined) this.trimmedAt.set(stream, now);
    else if (now - before >= everyMs) this.trim(stream, now);
  }

  private trim(stream: string, now: number): void {
    const { store, bounds, notify } = this.options;
    this.trimmedAt.set(stream, now);
    store.trim(stream, bounds).subscribe({
      error: (cause) => {
        const error = toError(cause);
        notify({
          level: 'warn',
          code: 'TRIM_FAILED',
          message: `stream '${stream}' was not trimmed: ${error.message}`,
          error,
        });
      },
    });
  }
}
