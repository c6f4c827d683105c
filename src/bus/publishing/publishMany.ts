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

export interface PublishManyOptions {
  /** Told of each message that the store has, with its place in the iterable. A throw ends the call with that error. */
  readonly onReceipt?: (receipt: Receipt, index: number) => void;
}

/** How many messages may be unconfirmed at once. */
const WINDOW = 4_000;
/** How many more are pulled at once when there is room again: while these are encoded, the store works on the others. */
const STEP = 500;
const KEPT_FAILURES = 100;

/** One call of `publishMany`: the books of what is out. Memory: the window, however many there are. */
export class ManyPublisher {
  private readonly failures: PublishFailure[] = [];
  private readonly onReceipt: PublishManyOptions['onReceipt'];
  private thrown: { readonly cause: unknown } | undefined;
  private failed = 0;
  private sent = 0;
  private open = 0;
  private closed = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly publisher: Publisher,
    private readonly context: Context,
    { onReceipt }: PublishManyOptions,
  ) {
    if (onReceipt !== undefined && typeof onReceipt !== 'function') {
      throw new InvalidOptionError('onReceipt', onReceipt, 'a function of a receipt and its index');
    }
    this.onReceipt = onReceipt;
  }

  /** Publishes everything; resolves with how many there were. Once the bus is closed it pulls no more. */
  async run(messages: Iterable<OutgoingMessage> | AsyncIterable<OutgoingMessage>): Promise<number> {
    if (isAsync(messages)) {
      for await (const message of messages) {
        if (this.send(message) >= WINDOW) await this.below(WINDOW - STEP);
        if (this.ended) break;
      }
    } else {
      for (const message of messages) {
        if (this.send(message) >= WINDOW) await this.below(WINDOW - STEP);
        if (this.ended) break;
      }
    }
    await this.below(0);
    if (this.thrown) throw this.thrown.cause;
    if (this.failed > 0) throw new PublishManyError(this.failures, this.failed, this.sent - this.failed);
    return this.sent;
  }

  private get ended(): boolean {
    return this.closed || this.thrown !== undefined;
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
      if (receipt) this.published(receipt, index);
      else this.fail(index, error ?? new Error('not confirmed'));
      this.wake?.();
    });
    return this.open;
  }

  private published(receipt: Receipt, index: number): void {
    if (this.onReceipt === undefined || this.thrown) return;
    try {
      this.onReceipt(receipt, index);
    } catch (cause) {
      this.thrown = { cause };
    }
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
