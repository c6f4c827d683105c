import type { Headers } from '../../core/message.ts';
import type { DeadLetter } from '../../core/store.ts';

/** A dead letter, and the partition that keeps it. */
export interface KeptDeadLetter extends DeadLetter {
  readonly stream: string;
}

/** A dead letter, opened: what the message said. */
export interface OpenDeadLetter extends KeptDeadLetter {
  /** Decoded; undefined if it can't be, see `unreadable`. */
  readonly data: unknown;
  /** Why the data can't be decoded. */
  readonly unreadable?: Error;
  /** The message's own id: the publisher's, or its place in the stream. */
  readonly messageId: string;
  readonly key?: string;
  readonly headers: Headers;
  /** When it was published, in ms since the epoch. */
  readonly publishedAt: number;
}
