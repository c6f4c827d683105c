import { asyncScheduler, type SchedulerLike } from 'rxjs';

/** A scheduler whose clock stands until it is moved; its timers are real. */
export class Clock implements SchedulerLike {
  constructor(private ms = 1_000) {}

  readonly schedule: SchedulerLike['schedule'] = asyncScheduler.schedule.bind(asyncScheduler);

  now(): number {
    return this.ms;
  }

  /** Moves it on, or back. */
  move(ms: number): void {
    this.ms += ms;
  }
}
