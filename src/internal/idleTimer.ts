import { Observable, type SchedulerLike } from 'rxjs';

/** Emits once after a time, and completes. Unlike `timer`, it does not keep the process alive. */
export function idleTimer(ms: number, scheduler: SchedulerLike): Observable<void> {
  return new Observable((subscriber) => {
    const action = scheduler.schedule(() => {
      subscriber.next();
      subscriber.complete();
    }, ms);
    // An action of asyncScheduler has Node's timer for an id; other schedulers keep no process alive.
    const { id } = action as { id?: { unref?(): void } };
    id?.unref?.();
    return action;
  });
}
