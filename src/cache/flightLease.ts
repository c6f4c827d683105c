import { interval, type SchedulerLike, Subscription, timer } from 'rxjs';
import type { WholeCacheOptions } from './cacheOptions.ts';
import type { SecondLevel } from './secondLevel.ts';

export interface FlightLeaseOptions {
  readonly key: string;
  readonly token: string;
  readonly second: SecondLevel | undefined;
  readonly options: WholeCacheOptions;
  readonly scheduler: SchedulerLike;
}

/** A flight is renewed no more often than that, in ms. */
const RENEWED_MS = 50;

/** The times of a flight that is under way. */
export class FlightLease {
  private readonly work = new Subscription();

  constructor(private readonly made: FlightLeaseOptions) {}

  /**
   * Renews it often enough that a removal elsewhere is noticed as soon as with what is kept.
   * @param told whether the store has it as this flight's: no more after it has not
   */
  renew(told: (held: boolean) => void): void {
    const { key, token, second, scheduler, options } = this.made;
    if (!second) return;
    const { leaseMs, localMs } = options;
    const everyMs = Math.min(leaseMs / 3, Math.max(RENEWED_MS, localMs));
    const renewals = interval(everyMs, scheduler).subscribe(() => {
      const renewed = second.renew(key, token, leaseMs).subscribe((held) => {
        if (held === false) renewals.unsubscribe();
        if (held !== undefined) told(held);
      });
      this.work.add(renewed);
    });
    this.work.add(renewals);
  }

  /** Calls `over` after `waitMs`. */
  limit(over: () => void): void {
    const { scheduler, options } = this.made;
    this.work.add(timer(options.waitMs, scheduler).subscribe(over));
  }

  end(): void {
    this.work.unsubscribe();
  }
}
