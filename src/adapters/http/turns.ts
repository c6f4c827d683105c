import { type SchedulerLike, timer } from 'rxjs';
import { LONGEST_MS } from '../../internal/longestMs.ts';
import { emitted } from './emitted.ts';
import { HttpRateLimitError } from './httpErrors.ts';
import type { RequestLimit } from './httpOptions.ts';
import type { Pace } from './pace.ts';

export interface TurnOptions {
  readonly pace: Pace;
  readonly limit: RequestLimit | undefined;
  readonly maxWaitMs: number;
  readonly scheduler: SchedulerLike;
  /** Whom it is about, as it may be shown. */
  readonly url: string;
  readonly host: string;
}

interface Waiting {
  readonly closed: boolean;
  add(teardown: () => void): void;
}

/** When the next request may go. */
export class Turns {
  constructor(private readonly options: TurnOptions) {}

  /** Waits for the server's own limit and for the shared one; less if the subscriber leaves. */
  async next(subscriber: Waiting): Promise<void> {
    const { limit } = this.options;
    for (;;) {
      await this.paced(subscriber);
      if (subscriber.closed || !limit || limit.take()) return;
      await emitted(limit.ready(1), subscriber);
      if (subscriber.closed) return;
    }
  }

  private async paced(subscriber: Waiting): Promise<void> {
    const { pace, maxWaitMs, scheduler } = this.options;
    for (let waitMs = pace.waitMs(scheduler.now()); waitMs > 0; waitMs = pace.waitMs(scheduler.now())) {
      if (waitMs > maxWaitMs) throw this.tooLong(waitMs);
      await emitted(timer(Math.min(waitMs, LONGEST_MS), scheduler), subscriber);
      if (subscriber.closed) return;
    }
  }

  private tooLong(waitMs: number): HttpRateLimitError {
    const { host, maxWaitMs, url } = this.options;
    const message = `${host} asks to wait ${waitMs} ms, longer than maxWaitMs (${maxWaitMs}): try again then`;
    return new HttpRateLimitError(message, { url, status: 429, retryable: false }, waitMs);
  }
}
