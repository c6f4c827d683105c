import type { SchedulerLike, Subscription } from 'rxjs';
import { LONGEST_MS } from '../../internal/longestMs.ts';
import { EndpointError } from '../endpointError.ts';

export const DEADLINE_EXCEEDED = 'DEADLINE_EXCEEDED';

/** The end of the time that a request has. Ends with `end()`, or its timer lives on. */
export class Deadline {
  /** Aborted when it has passed, with `EndpointError` `DEADLINE_EXCEEDED`; or when the request was given up for another reason. */
  readonly signal: AbortSignal;
  private readonly timer: Subscription;

  /** @param given aborted when the request is given up for another reason */
  constructor(topic: string, deadlineMs: number, given: AbortSignal, scheduler: SchedulerLike) {
    const late = new AbortController();
    const message = `the request on '${topic}' was not answered by its deadline`;
    const expire = () => late.abort(new EndpointError(DEADLINE_EXCEEDED, message, { retryable: true }));
    const leftMs = deadlineMs - scheduler.now();
    if (leftMs <= 0) expire();
    this.timer = scheduler.schedule(expire, Math.min(Math.max(0, leftMs), LONGEST_MS));
    this.signal = AbortSignal.any([given, late.signal]);
  }

  end(): void {
    this.timer.unsubscribe();
  }
}
