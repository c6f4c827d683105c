import { merge, type SchedulerLike, type Subscriber, Subscription, timer } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { Holder, RootDuty } from '../core/duty.ts';
import { toError } from '../core/errors.ts';
import { ACK, RELEASE, type Verdict } from '../core/outcome.ts';
import type { KeyState } from '../core/store.ts';
import { StoreError } from '../core/storeErrors.ts';
import { backoffMs } from '../internal/backoff.ts';
import { Fifo } from '../internal/fifo.ts';
import { Serial } from '../internal/serial.ts';
import { MarkedDuty } from './markedDuty.ts';
import type { Seen } from './seen.ts';

/** The longest wait before a key is asked for again that another has, or that could not be asked for, in ms. */
const LONGEST_MS = 1_000;

/** The deliveries of one key: the first is being handled, or asked about, and the others wait for what becomes of it. */
interface Line<D> {
  readonly key: string;
  readonly waiting: Fifo<D>;
  asking: Subscription | undefined;
  failures: number;
}

/**
 * Hands on one delivery of a key, and acks the others once that one is acked.
 *
 * | a key    | event                                    | next     | effect                                         |
 * |----------|------------------------------------------|----------|------------------------------------------------|
 * | unknown  | a delivery                               | asked    | the key is claimed                             |
 * | asked    | it is free                               | handled  | the oldest is handed on                        |
 * | asked    | it was seen                              | unknown  | those that wait are acked                      |
 * | asked    | another has it, the store is away        | asked    | it is claimed again after a while              |
 * | handled  | a delivery                               | handled  | it waits                                       |
 * | handled  | acked                                    | kept     | the key is kept, before the ack is passed on   |
 * | handled  | acked with outputs                       | told     | the ack is passed on, before the key is kept   |
 * | told     | the store knows of the ack               | kept     | the key is kept                                |
 * | told     | it does not take the ack                 | handled  | as if settled otherwise                        |
 * | kept     | it is                                    | unknown  | the ack is passed on, those that wait are acked |
 * | handled  | settled otherwise                        | handled  | the next that waits is handed on; none: unknown |
 * | any      | torn down                                | unknown  | those that wait are released                   |
 */
export class SeenLines<D extends Delivery> implements Holder {
  private readonly lines = new Map<string, Line<D>>();
  private readonly out: Serial<D>;
  /** Lines that are asked about. */
  private asked = 0;
  private completing = false;
  private stopped = false;

  constructor(
    private readonly seen: Seen,
    private readonly subscriber: Subscriber<D>,
    private readonly scheduler: SchedulerLike,
  ) {
    this.out = new Serial<D>(
      (delivery) => (subscriber.closed ? void delivery.release() : subscriber.next(delivery)),
      () => subscriber.complete(),
    );
  }

  take(key: string, delivery: D): void {
    const known = this.lines.get(key);
    if (known) {
      known.waiting.push(delivery);
      for (const duty of delivery.duty.roots) for (const keeper of duty.keepers) keeper.hold?.(duty, this);
      return;
    }
    const line: Line<D> = { key, waiting: new Fifo(), asking: undefined, failures: 0 };
    this.lines.set(key, line);
    line.waiting.push(delivery);
    this.asked += 1;
    this.ask(line);
  }

  exhausted(): void {
    // What waits can't be passed on: it waits for one that is being handled, and whoever keeps that one back is told too.
  }

  /** Completes once no key is asked about. What waits for one that is handled is settled with it. */
  complete(): void {
    this.completing = true;
    this.endIfDone();
  }

  /** Gives back what waits; after completion that is settled with the first of its key. */
  stop(): void {
    if (this.completing && this.asked === 0) return;
    this.stopped = true;
    for (const line of this.lines.values()) {
      line.asking?.unsubscribe();
      this.settleAll(line, RELEASE);
    }
  }

  private ask(line: Line<D>): void {
    if (this.stopped) return;
    // Before `claim`, which may answer before it returns.
    const asking = new Subscription();
    line.asking = asking;
    asking.add(
      this.seen.claim(line.key).subscribe({
        next: (state) => this.told(line, state),
        error: (cause) => this.failed(line, toError(cause)),
      }),
    );
  }

  private told(line: Line<D>, state: KeyState): void {
    line.failures = 0;
    if (typeof state === 'object') return this.askLater(line, Math.min(LONGEST_MS, state.heldMs));
    this.asked -= 1;
    if (state === 'free') this.handNext(line);
    else this.end(line, ACK);
    this.endIfDone();
  }

  private failed(line: Line<D>, error: Error): void {
    if (!(error instanceof StoreError && error.retryable)) return this.subscriber.error(error);
    line.failures += 1;
    this.askLater(line, backoffMs(line.failures, { maxMs: LONGEST_MS }));
  }

  private askLater(line: Line<D>, waitMs: number): void {
    line.asking = timer(waitMs, this.scheduler).subscribe(() => this.ask(line));
  }

  /** Its key is claimed: the oldest that nobody has settled is handed on. */
  private handNext(line: Line<D>): void {
    for (let next = line.waiting.shift(); next; next = line.waiting.shift()) {
      if (next.settled) continue;
      for (const duty of next.duty.roots) for (const keeper of duty.keepers) keeper.letGo?.(duty);
      const { roots } = next.duty;
      const judged = (verdict: Verdict, pass: (verdict: Verdict) => void) => this.judged(line, roots, verdict, pass);
      // A Batch too stays what it is.
      this.out.next(next.withDuty(new MarkedDuty(next.duty, { judged })) as D);
      return;
    }
    this.seen.drop(line.key);
    this.end(line, RELEASE);
  }

  private judged(line: Line<D>, roots: readonly RootDuty[], verdict: Verdict, pass: (verdict: Verdict) => void): void {
    const bearsOutputs = roots.some(({ outputs }) => outputs !== undefined);
    if (verdict.kind === 'ack' && !bearsOutputs) return this.keep(line, pass, 1);
    pass(verdict);
    if (verdict.kind === 'ack') this.keepOnceTold(line, roots);
    else this.goOn(line);
  }

  /**
   * Outputs are appended by the ack, and by nothing else: kept before it, a key would have the message acked without them
   * when it comes again. A part of what is still open is not waited for: others of its key may be parts of the same.
   */
  private keepOnceTold(line: Line<D>, roots: readonly RootDuty[]): void {
    const acked = roots.filter(({ settled }) => settled);
    merge(...acked.map(({ origin }) => origin.flushed())).subscribe({
      complete: () => this.keep(line, () => undefined, 1),
      error: () => this.goOn(line),
    });
  }

  /** The first of its key was not handled: the next is. */
  private goOn(line: Line<D>): void {
    if (!this.stopped && !this.completing) return this.handNext(line);
    this.seen.drop(line.key);
    this.end(line, RELEASE);
  }

  /** In this order: acked and not kept, it would be handled again. */
  private keep(line: Line<D>, pass: (verdict: Verdict) => void, attempt: number): void {
    this.seen.keep(line.key).subscribe({
      complete: () => {
        pass(ACK);
        this.end(line, ACK);
      },
      error: (cause) => {
        const error = toError(cause);
        if (error instanceof StoreError && error.retryable) {
          const waitMs = backoffMs(attempt, { maxMs: LONGEST_MS });
          timer(waitMs, this.scheduler).subscribe(() => this.keep(line, pass, attempt + 1));
          return;
        }
        pass({ kind: 'fail', error });
        this.seen.drop(line.key);
        this.end(line, RELEASE);
      },
    });
  }

  private end(line: Line<D>, verdict: Verdict): void {
    this.lines.delete(line.key);
    this.settleAll(line, verdict);
  }

  private settleAll(line: Line<D>, verdict: Verdict): void {
    for (let next = line.waiting.shift(); next; next = line.waiting.shift()) next.settle(verdict);
  }

  private endIfDone(): void {
    if (this.completing && this.asked === 0) this.out.complete();
  }
}
