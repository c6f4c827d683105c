import { asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';

/**
 * Keeps synchronous work from holding up timers and sockets: work that goes on from microtask to microtask never lets
 * them in. `open` tells whether there is time left before they must be; `resume` is called once they have been.
 */
export class TimeSlice {
  private began: number | undefined;
  /** Somebody was told to wait. */
  private refused = false;
  private immediate: NodeJS.Immediate | undefined;
  private scheduled: Subscription | undefined;

  constructor(
    private readonly lengthMs: number,
    private readonly scheduler: SchedulerLike,
    private readonly resume: () => void,
  ) {}

  get open(): boolean {
    if (this.began !== undefined) {
      // Once over it stays so: whoever was told waits for `resume`, though the clock be put back.
      this.refused ||= this.scheduler.now() - this.began >= this.lengthMs;
      return !this.refused;
    }
    this.began = this.scheduler.now();
    // Whichever comes first: a timer of 0 ms takes one. Virtual time goes on without the loop, where an immediate would
    // come when it is over.
    if (this.scheduler === asyncScheduler) this.immediate = setImmediate(() => this.next());
    this.scheduled = this.scheduler.schedule(() => this.next());
    return true;
  }

  private next(): void {
    clearImmediate(this.immediate);
    this.scheduled?.unsubscribe();
    const { refused } = this;
    this.began = undefined;
    this.refused = false;
    if (refused) this.resume();
  }
}
