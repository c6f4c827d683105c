import { type Context, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import { BatchDuty, type Duty } from './duty.ts';
import { InvalidOptionError, toError } from './errors.ts';
import type { Message } from './message.ts';
import { ACK, RELEASE, type Verdict } from './outcome.ts';

/** When and why a delivery is to be handed out again. */
export interface RetryOptions {
  /** How long to wait, in ms. @default 0 */
  readonly delayMs?: number;
  readonly error?: Error;
}

/**
 * A message in the hands of one consumer: message, attempt, trace context, and the duty to settle it.
 *
 * Settle it once with `ack`, `retry`, `reject`, `fail` or `release`: the first wins, later ones are no-ops that return
 * false. Deliveries derived by `with` and `split` share the duty.
 */
export class Delivery<T = unknown> {
  constructor(
    readonly message: Message<T>,
    /** 1 for the first hand-out; exact. */
    readonly attempt: number,
    readonly duty: Duty,
    /** The OpenTelemetry context its work belongs to. */
    readonly context: Context = ROOT_CONTEXT,
    /** The contexts a batch was made of: its spans link to them. */
    readonly links: readonly SpanContext[] = NO_LINKS,
  ) {}

  get data(): T {
    return this.message.data;
  }

  get settled(): boolean {
    return this.duty.settled;
  }

  /** Handled. */
  ack(): boolean {
    return this.duty.settle(ACK);
  }

  /**
   * Handed out again after a delay, as the next attempt, whatever the failure policy says.
   *
   * @throws {InvalidOptionError} if `delayMs` is no number from 0
   */
  retry(options: RetryOptions = {}): boolean {
    const { delayMs = 0, error } = options;
    if (!(delayMs >= 0 && delayMs < Infinity))
      throw new InvalidOptionError('delayMs', delayMs, 'a number of ms from 0');
    return this.duty.settle(error ? { kind: 'retry', delayMs, error } : { kind: 'retry', delayMs });
  }

  /** Moved to the dead letters at once. */
  reject(error: unknown): boolean {
    return this.duty.settle({ kind: 'reject', error: toError(error) });
  }

  /** Failed: the source's failure policy makes it a retry or a rejection. */
  fail(error: unknown): boolean {
    return this.duty.settle({ kind: 'fail', error: toError(error) });
  }

  /** Given back unhandled: handed out again at once; the attempt does not count. */
  release(): boolean {
    return this.duty.settle(RELEASE);
  }

  settle(verdict: Verdict): boolean {
    return this.duty.settle(verdict);
  }

  /** The same duty with other data. */
  with<U>(data: U): Delivery<U> {
    return new Delivery(withData(this.message, data), this.attempt, this.duty, this.context, this.links);
  }

  /** The same delivery under another trace context. */
  withContext(context: Context): Delivery<T> {
    return new Delivery(this.message, this.attempt, this.duty, context, this.links);
  }

  /** The same delivery under another duty, one that was derived of its own. */
  withDuty(duty: Duty): Delivery<T> {
    return new Delivery(this.message, this.attempt, duty, this.context, this.links);
  }

  /** A delivery a part: this one settles when every part has, with the worst verdict. No parts is an ack. */
  split<U>(parts: readonly U[]): readonly Delivery<U>[] {
    const shares = this.duty.split(parts.length);
    return shares.map(
      (share, i) => new Delivery(withData(this.message, parts[i] as U), this.attempt, share, this.context, this.links),
    );
  }
}

/**
 * Deliveries joined under one duty: settling the batch settles every member that is still open, each by its own attempt.
 *
 * Its message carries the members' data in order; id, topic, priority, key and headers are the first member's.
 */
export class Batch<T = unknown> extends Delivery<readonly T[]> {
  /** Joins deliveries into one. */
  static of<T>(members: readonly [Delivery<T>, ...Delivery<T>[]]): Batch<T> {
    return new Batch(members, new BatchDuty(members.map((member) => member.duty)), ROOT_CONTEXT);
  }

  private constructor(
    readonly members: readonly [Delivery<T>, ...Delivery<T>[]],
    duty: Duty,
    context: Context,
  ) {
    const data = members.map((member) => member.data);
    const attempt = members.reduce((most, member) => Math.max(most, member.attempt), 1);
    super(withData(members[0].message, data), attempt, duty, context, members.flatMap(spanContexts));
  }

  override withContext(context: Context): Batch<T> {
    return new Batch(this.members, this.duty, context);
  }

  override withDuty(duty: Duty): Batch<T> {
    return new Batch(this.members, duty, this.context);
  }
}

const NO_LINKS: readonly SpanContext[] = [];

function spanContexts(delivery: Delivery): readonly SpanContext[] {
  const own = trace.getSpanContext(delivery.context);
  return own ? [own] : delivery.links;
}

function withData<U>(message: Message, data: U): Message<U> {
  const { id, topic, priority, key, headers, time } = message;
  return key === undefined
    ? { id, topic, data, priority, headers, time }
    : { id, topic, data, priority, key, headers, time };
}
