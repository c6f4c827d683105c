import { type SchedulerLike, type Subscription, timer } from 'rxjs';
import { LONGEST_MS } from '../../internal/longestMs.ts';
import type { Demand, LocalInput } from '../local/localInput.ts';

/** How an input is paced. */
export interface Pace<R> {
  /** ms since the epoch; undefined for what is due at once. */
  readonly timeOf: (value: R) => number | undefined;
  /** 1 as recorded, 10 ten times faster. */
  readonly speed: number;
  readonly scheduler: SchedulerLike;
}

/** Holds each value back until it is due: as long after the first, scaled, as it was recorded after it. */
export class PacedInput<R> implements LocalInput<R> {
  private demand: Demand | undefined;
  private held: IteratorYieldResult<R> | undefined;
  private wait: Subscription | undefined;
  private start: { readonly recorded: number; readonly now: number } | undefined;

  constructor(
    private readonly input: LocalInput<R>,
    private readonly pace: Pace<R>,
  ) {}

  open(demand: Demand): void {
    this.demand = demand;
    this.input.open(demand);
  }

  take(): IteratorResult<R, unknown> | undefined {
    if (this.wait) return undefined;
    if (!this.held) {
      const taken = this.input.take();
      if (!taken || taken.done) return taken;
      this.held = taken;
    }
    const waitMs = this.waitMs(this.held.value);
    return waitMs > 0 ? this.sleep(waitMs) : this.give();
  }

  close(): void {
    this.wait?.unsubscribe();
    this.held = undefined;
    this.input.close();
  }

  private waitMs(value: R): number {
    const { timeOf, speed, scheduler } = this.pace;
    const recorded = timeOf(value);
    if (recorded === undefined) return 0;
    const now = scheduler.now();
    this.start ??= { recorded, now };
    return this.start.now + (recorded - this.start.recorded) / speed - now;
  }

  private sleep(waitMs: number): undefined {
    this.wait = timer(Math.min(waitMs, LONGEST_MS), this.pace.scheduler).subscribe(() => {
      this.wait = undefined;
      this.demand?.ready();
    });
  }

  private give(): IteratorResult<R, unknown> | undefined {
    const { held } = this;
    this.held = undefined;
    return held;
  }
}
