import { type SchedulerLike, Subscription, timer } from 'rxjs';

/** Calls back when what is awaited has not come in time. */
export class Watchdog {
  private current = Subscription.EMPTY;
  private readonly whole: Subscription;

  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly late: (what: string) => void,
    totalMs: number,
  ) {
    this.whole = timer(totalMs, scheduler).subscribe(() => late(`the whole answer did not come within ${totalMs} ms`));
  }

  /** Begins to wait for something else. */
  expect(what: string, withinMs: number): void {
    this.current.unsubscribe();
    this.current = timer(withinMs, this.scheduler).subscribe(() =>
      this.late(`${what} did not come within ${withinMs} ms`),
    );
  }

  /** Waits for nothing in particular: the reader takes its time. */
  rest(): void {
    this.current.unsubscribe();
  }

  stop(): void {
    this.current.unsubscribe();
    this.whole.unsubscribe();
  }
}
