import { asyncScheduler, type SchedulerLike } from 'rxjs';

/** Time that jumps over waits of one to three minutes: timeouts are shorter, or longer. */
export interface JumpingTime {
  readonly scheduler: SchedulerLike;
  /** What was jumped over, in ms. */
  readonly jumpsMs: number[];
  onJump: () => void;
}

export function jumping(): JumpingTime {
  let aheadMs = 0;
  const time: JumpingTime = {
    jumpsMs: [],
    onJump: () => undefined,
    scheduler: {
      now: () => asyncScheduler.now() + aheadMs,
      schedule(work, delay = 0, state) {
        const jumps = delay > 60_000 && delay < 200_000;
        if (jumps) {
          time.jumpsMs.push(delay);
          aheadMs += delay;
          time.onJump();
        }
        const at = jumps ? 0 : delay;
        return asyncScheduler.schedule(work as Parameters<typeof asyncScheduler.schedule>[0], at, state);
      },
    },
  };
  return time;
}
