import type { Context } from '@opentelemetry/api';
import type { Place } from './duty.ts';
import type { Headers, Message } from './message.ts';
import type { Priority } from './priority.ts';
import type { StoreRecord } from './store.ts';

export interface PublishOptions {
  /** @default 'normal' */
  readonly priority?: Priority;
  /** Ordering key. */
  readonly key?: string;
  readonly headers?: Headers;
  /**
   * The message's own id: published again with it within `publish.idempotencyMs`, under the same topic, it is kept once.
   * Without a key the id says which partition it goes to. @default the place where the store keeps it
   */
  readonly id?: string;
  /**
   * How long after the store has it the message is to be delivered, in ms, at most ten years: until then the store keeps it
   * aside, and `bus.cancel` can take it back. Not with `deliverAt`. @default 0, at once
   */
  readonly delayMs?: number;
  /** When to deliver it, in ms since the epoch by the store's clock, or a Date; at once if that is past. Not with `delayMs`. */
  readonly deliverAt?: number | Date;
  /** When it happened, in ms since the epoch. @default the store's clock, when it is there to be delivered */
  readonly time?: number;
  /** The codec, by name. @default 'bytes' for a Uint8Array, else 'json' */
  readonly encoding?: string;
  /** The application's name for the shape of the data. @default '' */
  readonly type?: string;
}

/** What publish returns once the store has the message. */
export interface Receipt {
  readonly id: Message['id'];
  readonly topic: string;
  /** Set if the store had the message already, published with this id before: it was not kept again. */
  readonly duplicate?: true;
}

/** A message that was published to be delivered later: its receipt is one. */
export type DelayedMessage = Pick<Receipt, 'id' | 'topic'>;

/** Called once: with the receipt when the store has the message, or with why it hasn't. */
export type Confirm = (error: Error | undefined, receipt: Receipt | undefined) => void;

/** The port that sinks publish through. */
export interface Publisher {
  /**
   * Takes a message and calls back once the store has it; messages of one stream and tier keep their order. Never throws.
   * @param context what the producer's span is a child of
   */
  send(topic: string, data: unknown, options: PublishOptions, context: Context, confirm: Confirm): void;

  /**
   * Makes the record of a message that is to be kept in the very partition where its input is. A publisher that can't say
   * where what it publishes is kept leaves it out.
   * @throws {AtomicOutputError} if its topic or its key belongs elsewhere
   * @throws {InvalidTopicError | InvalidOptionError | PermanentError} as `send` would confirm
   */
  record?(topic: string, data: unknown, options: PublishOptions, context: Context, place: Place): StoreRecord;
}
