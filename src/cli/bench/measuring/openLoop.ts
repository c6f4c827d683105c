import { Observable } from 'rxjs';

export interface OpenLoopOptions {
  readonly perSecond: number;
  /** How many there are to send. */
  readonly count: number;
  /** The time in ms: exact, and never going back. */
  readonly now: () => number;
  /** When to look at the time; how often decides how late a message may be sent. */
  readonly ticks: Observable<unknown>;
  /** Sends one, which was due at that time: maybe a while ago. Must not throw. */
  readonly send: (n: number, dueMs: number) => void;
  /** Whether another may be sent now. What may not is sent later, and its time runs on. @default always */
  readonly room?: () => boolean;
}

/**
 * Sends at a steady rate by the clock alone: how the receiver does has no influence on when a message is due.
 *
 *     due:        a  b  c  d  e
 *     receiver:   a  …stalls…  b c d e
 *     latency:    0     9 6 3 0    from the time it was due, not from when it could be sent
 *
 * A generator that waits for answers sends less while the receiver stalls, and so leaves out just the messages that
 * would have seen the stall: coordinated omission. Here they are sent late and count from when they were due.
 *
 * The first is due at the first tick. Completes once all are sent; unsubscribing stops it.
 */
export function openLoop({
  perSecond,
  count,
  now,
  ticks,
  send,
  room = () => true,
}: OpenLoopOptions): Observable<never> {
  return new Observable((subscriber) => {
    let next = 0;
    let fromMs: number | undefined;
    const sendDue = () => {
      fromMs ??= now();
      while (next < count && room()) {
        const dueMs = fromMs + (next * 1_000) / perSecond;
        if (dueMs > now()) return;
        send(next++, dueMs);
      }
      if (next === count) subscriber.complete();
    };
    return ticks.subscribe({ next: sendDue, error: (cause) => subscriber.error(cause) });
  });
}
