import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import { asyncScheduler, EMPTY, type Observable, type SchedulerLike } from 'rxjs';
import { Delivery } from '../core/delivery.ts';
import { type Origin, RootDuty } from '../core/duty.ts';
import type { Message } from '../core/message.ts';
import type { Verdict } from '../core/outcome.ts';

/** How a test delivery differs from the default. */
export interface TestDeliveryOptions extends Partial<Omit<Message, 'data'>> {
  /** @default 1 */
  readonly attempt?: number;
  readonly context?: Context;
}

/** One settlement as a source saw it. */
export interface TestSettlement {
  /** The data of the delivery as it was given out. */
  readonly data: unknown;
  readonly verdict: Verdict;
  /** The frame of virtual time, or ms since the epoch. */
  readonly at: number;
}

/** A source for tests: makes deliveries and keeps every settlement, in order. Nothing is handed out again. */
export class TestSource implements Origin {
  readonly name = 'test';
  /** What was settled, oldest first: every delivery at most once. */
  readonly settlements: TestSettlement[] = [];
  private readonly owed = new Map<RootDuty, unknown>();

  constructor(private readonly scheduler: SchedulerLike = asyncScheduler) {}

  /** Data of the deliveries that nobody has settled. */
  get unsettled(): readonly unknown[] {
    return [...this.owed.values()];
  }

  /** A delivery of this data; topic `test`, tier normal, unless told otherwise. */
  deliver<T>(data: T, options: TestDeliveryOptions = {}): Delivery<T> {
    const { attempt = 1, context = ROOT_CONTEXT, ...rest } = options;
    const duty = new RootDuty(this);
    this.owed.set(duty, data);
    const id = `test-${this.owed.size + this.settlements.length}`;
    const message: Message<T> = { id, topic: 'test', priority: 'normal', headers: {}, time: 0, ...rest, data };
    return new Delivery(message, attempt, duty, context);
  }

  /** A short form of the settlements: `ack a`, `retry b 100`, `reject c: why`. */
  get log(): readonly string[] {
    return this.settlements.map(({ data, verdict }) => `${verdict.kind} ${show(data)}${detail(verdict)}`);
  }

  settle(duty: RootDuty, verdict: Verdict): void {
    if (!this.owed.has(duty)) throw new Error(`settled twice: ${verdict.kind}`);
    this.settlements.push({ data: this.owed.get(duty), verdict, at: this.scheduler.now() });
    this.owed.delete(duty);
  }

  flushed(): Observable<never> {
    return EMPTY;
  }
}

function show(data: unknown): string {
  return typeof data === 'string' ? data : (JSON.stringify(data) ?? String(data));
}

function detail(verdict: Verdict): string {
  if (verdict.kind === 'retry') return ` ${verdict.delayMs}`;
  return verdict.kind === 'reject' || verdict.kind === 'fail' ? `: ${verdict.error.message}` : '';
}
