import type { Context } from '@opentelemetry/api';
import { InvalidOptionError, SluiceError } from '../../core/errors.ts';
import type { Publisher, PublishOptions, Receipt } from '../../core/publisher.ts';
import { StoreClosedError } from '../../core/storeErrors.ts';

/** A message to publish. */
export interface OutgoingMessage extends PublishOptions {
  readonly topic: string;
  readonly data: unknown;
}

/** One message of many that could not be published. */
export interface PublishFailure {
  /** Its place in the iterable, from 0. */
  readonly index: number;
  readonly error: Error;
}

/** Some of many messages could not be published. */
export class PublishManyError extends SluiceError {
  constructor(
    /** What failed, in order; at most the first 100. */
    readonly failures: readonly PublishFailure[],
    /** How many failed. */
    readonly failed: number,
    /** How many were published. */
    readonly published: number,
  ) {
    const first = failures[0];
    super(
      'PUBLISH_MANY',
      `${failed} of ${failed + published} messages were not published; the first at index ${first?.index}: ${first?.error.message}`,
      { cause: first?.error },
    );
  }
}

/** How many messages may be unconfirmed at once. */
const WINDOW = 10_000;
/** How many more are pulled at once when there is room again: while these are encoded, the store works on the others. */
const STEP = 500;
const KEPT_FAILURES = 100;

/** One call of `publishMany`: the books of what is out. */
export class ManyPublisher {
  private readonly receipts: Receipt[] = [];
  private readonly failures: PublishFailure[] = [];
  private failed = 0;
  private sent = 0;
  private open = 0;
  private closed = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly publisher: Publisher,
    private readonly context: Context,
  ) {}

  /** Publishes everything; resolves with the receipts in order. Once the bus is closed it pulls no more. */
  async run(messages: Iterable<OutgoingMessage> | AsyncIterable<OutgoingMessage>): Promise<readonly Receipt[]> {
    if (isAsync(messages)) {
      for await (const message of messages) {
        if (this.send(message) >= WINDOW) await this.below(WINDOW - STEP);
        if (this.closed) break;
      }
    } else {
      for (const message of messages) {
        if (this.send(message) >= WINDOW) await this.below(WINDOW - STEP);
        if (this.closed) break;
      }
    }
    await this.below(0);
    if (this.failed > 0) throw new PublishManyError(this.failures, this.failed, this.sent - this.failed);
    return this.receipts;
  }

  private send(message: OutgoingMessage): number {
    const index = this.sent++;
    this.open += 1;
    if (typeof message !== 'object' || message === null) {
      this.fail(index, new InvalidOptionError('the message', message, 'an object with topic and data'));
      return --this.open;
    }
    this.publisher.send(message.topic, message.data, message, this.context, (error, receipt) => {
      this.open -= 1;
      if (receipt) this.receipts[index] = receipt;
      else this.fail(index, error ?? new Error('not confirmed'));
      this.wake?.();
    });
    return this.open;
  }

  private fail(index: number, error: Error): void {
    this.failed += 1;
    if (error instanceof StoreClosedError) this.closed = true;
    if (this.failures.length < KEPT_FAILURES) this.failures.push({ index, error });
  }

  /** Resolves once at most `count` are unconfirmed. */
  private below(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        if (this.open > count) return;
        this.wake = undefined;
        resolve();
      };
      this.wake();
    });
  }
}

/** @throws {InvalidOptionError} if it is no iterable at all */
function isAsync<T>(messages: Iterable<T> | AsyncIterable<T>): messages is AsyncIterable<T> {
  const { [Symbol.asyncIterator]: async, [Symbol.iterator]: sync } = Object(messages) as Partial<
    Iterable<T> & AsyncIterable<T>
  >;
  if (typeof async === 'function') return true;
  if (typeof sync === 'function') return false;
  throw new InvalidOptionError('messages', messages, 'an iterable or an async iterable of messages');
}
