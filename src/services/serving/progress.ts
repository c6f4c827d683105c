import type { SchedulerLike } from 'rxjs';

/** The least time between two that are told, in ms. */
const EVERY_MS = 1_000;

/** Lets through as much progress as a person can read. */
export class Progress {
  private lastMs = -Infinity;
  private over = false;

  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly tell: (done: number, total: number | undefined) => void,
  ) {}

  readonly report = (done: number, total?: number): void => {
    const now = this.scheduler.now();
    if (now - this.lastMs < EVERY_MS || this.over) return;
    this.lastMs = now;
    this.tell(done, total);
  };

  /** What runs on for others has nothing to tell here any more. */
  end(): void {
    this.over = true;
  }
}
