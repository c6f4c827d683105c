import type { SchedulerLike, Subscription } from 'rxjs';
import { LONGEST_MS } from '../../internal/longestMs.ts';

/** One timer that is set again and again. It may ring early, never late: who hears it looks at the clock. */
export class Alarm {
  private atMs = Infinity;
  private timer: Subscription | undefined = undefined;

  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly ring: () => void,
  ) {}

  /** Rings at this time, or at an earlier one that was set before; Infinity clears it. */
  set(atMs: number): void {
    if (atMs === Infinity) return this.clear();
    if (atMs >= this.atMs) return;
    this.clear();
    this.atMs = atMs;
    const delayMs = Math.min(Math.max(0, atMs - this.scheduler.now()), LONGEST_MS);
    this.timer = this.scheduler.schedule(() => {
      this.clear();
      this.ring();
    }, delayMs);
  }

  private clear(): void {
    this.atMs = Infinity;
    this.timer?.unsubscribe();
    this.timer = undefined;
  }
}
