import type { Priority } from './priority.ts';

/** Text that travels with a message: W3C trace context, reply topics, whatever the application adds. */
export type Headers = Readonly<Record<string, string>>;

/** What a producer sends. Immutable. */
export interface Message<T = unknown> {
  /** The producer's id, or the place where the store keeps the message, unique within the store. */
  readonly id: string;
  /** A dotted name, never a wildcard. */
  readonly topic: string;
  readonly data: T;
  readonly priority: Priority;
  /** Ordering key: messages of one key belong in order. */
  readonly key?: string;
  readonly headers: Headers;
  /** When it was published, in ms since the epoch: the producer's clock if it said so, else the store's. */
  readonly time: number;
}
