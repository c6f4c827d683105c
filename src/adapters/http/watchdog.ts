import { type SchedulerLike, Subscription, timer } from 'rxjs';

/**
 * Calls back when what is awaited has not come in time, or all that was awaited took too long together. The time between
 * waits is the reader's own.
 */
export class Watchdog {
  private current = Subscription.EMPTY;
  private leftMs: number;
  private sinceMs: number | undefined;

  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly late: (what: string) => void,
    private readonly totalMs: number,
  ) {
    this.leftMs = totalMs;
  }

  /** Begins to wait for something else. */
  expect(what: string, withinMs: number): void {
    this.rest();
    this.sinceMs = this.scheduler.now();
    const whole = this.leftMs < withinMs;
    this.current = timer(whole ? this.leftMs : withinMs, this.scheduler).subscribe(() =>
      this.late(
        whole
          ? `the whole answer did not come within ${this.totalMs} ms`
          : `${what} did not come within ${withinMs} ms`,
      ),
    );
  }

  /** Waits for nothing: the reader takes its time. */
  rest(): void {
    this.current.unsubscribe();
    if (this.sinceMs === undefined) return;
    this.leftMs = Math.max(0, this.leftMs - (this.scheduler.now() - this.sinceMs));
    this.sinceMs = undefined;
  }

  /** Gives it all the time again. */
  renew(): void {
    this.leftMs = this.totalMs;
  }
}
