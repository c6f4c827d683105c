import type { SchedulerLike, Subscriber } from 'rxjs';
import { Alarm } from './alarm.ts';
import type { Turn, Turns } from './turns.ts';
import { Waiter, type WaitingCall } from './waiter.ts';

/** What waiters wait for. */
export interface Supply {
  /** Whether there may be something for one of them. */
  ready(nowMs: number): boolean;
  /** When that may change by itself, in ms and after now; Infinity if never. */
  nextMs(nowMs: number): number;
}

/** Calls that wait, first come first served. */
export class Waiting<T> implements Turn {
  private readonly line = new Set<Waiter<T>>();
  private readonly alarm: Alarm;
  /** When the time of the first is over: never too late, perhaps too early. */
  private soonestMs = Infinity;
  private busy = false;

  constructor(
    private readonly supply: Supply,
    private readonly scheduler: SchedulerLike,
    private readonly turns: Turns,
  ) {
    this.alarm = new Alarm(scheduler, () => this.wake());
  }

  /** Replies to the call, once: with what it finds, with nothing when its time is over, not at all once aborted. */
  add(call: WaitingCall<T>, subscriber: Subscriber<T>): void {
    const { signal } = call;
    if (signal?.aborted) return subscriber.complete();
    const waiter = new Waiter(call, subscriber, this.scheduler.now());
    subscriber.add(() => this.remove(waiter));
    if (signal) completeOnAbort(signal, subscriber);
    this.line.add(waiter);
    this.soonestMs = Math.min(this.soonestMs, waiter.untilMs);
    this.wake();
  }

  /** To be called when there may be something to find, or another time to wake at. */
  wake(): void {
    if (this.line.size > 0) this.turns.run(this);
  }

  run(): void {
    const nowMs = this.scheduler.now();
    this.busy = true;
    this.serve(nowMs);
    if (nowMs >= this.soonestMs) this.expire(nowMs);
    this.busy = false;
    this.alarm.set(this.line.size === 0 ? Infinity : Math.min(this.soonestMs, this.supply.nextMs(nowMs)));
  }

  /** Fails every call, or those of one asker. */
  fail(error: Error, asker?: unknown): void {
    for (const waiter of [...this.line]) {
      if (asker === undefined || waiter.call.asker === asker) waiter.subscriber.error(error);
    }
  }

  private serve(nowMs: number): void {
    for (const waiter of this.line) {
      if (!this.supply.ready(nowMs)) return;
      try {
        const found = waiter.call.find(nowMs);
        if (found !== undefined) this.reply(waiter, found);
      } catch (error) {
        waiter.subscriber.error(error);
      }
    }
  }

  private expire(nowMs: number): void {
    this.soonestMs = Infinity;
    const over: Waiter<T>[] = [];
    for (const waiter of this.line) {
      if (waiter.untilMs <= nowMs) over.push(waiter);
      else this.soonestMs = Math.min(this.soonestMs, waiter.untilMs);
    }
    for (const waiter of over) if (this.line.has(waiter)) this.reply(waiter, waiter.call.nothing());
  }

  // Out of the line first: the receiver may ask again at once.
  private reply(waiter: Waiter<T>, value: T): void {
    this.line.delete(waiter);
    waiter.reply(value);
  }

  // During a run the alarm stays: most receivers ask again at once, and a timer costs more than a reply.
  private remove(waiter: Waiter<T>): void {
    this.line.delete(waiter);
    if (this.line.size === 0 && !this.busy) this.alarm.set(Infinity);
  }
}

function completeOnAbort(signal: AbortSignal, subscriber: Subscriber<unknown>): void {
  const complete = (): void => subscriber.complete();
  signal.addEventListener('abort', complete, { once: true });
  subscriber.add(() => signal.removeEventListener('abort', complete));
}
