import type { Subscriber } from 'rxjs';

/** A call that may have to wait for its reply. */
export interface WaitingCall<T> {
  /** Who asks. */
  readonly asker?: unknown;
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** What there is for it now; undefined for nothing. May throw: the call then fails. */
  find(nowMs: number): T | undefined;
  /** What it gets when its time is over. */
  nothing(): T;
}

/** One call in the line, and whom to reply to. */
export class Waiter<T> {
  readonly untilMs: number;

  constructor(
    readonly call: WaitingCall<T>,
    readonly subscriber: Subscriber<T>,
    nowMs: number,
  ) {
    this.untilMs = nowMs + call.waitMs;
  }

  reply(value: T): void {
    this.subscriber.next(value);
    this.subscriber.complete();
  }
}
