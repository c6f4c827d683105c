import type { Payload } from '../codec.ts';
import type { StoreRecord } from './records.ts';

export interface DeadLetterRequest {
  /** Continue after this dead letter's id. */
  readonly after?: string;
  readonly count: number;
}

/** What a dead letter is replayed with instead of what it has. */
export interface LetterChange {
  /** Another topic: then it is for every group that reads that. */
  readonly topic?: string;
  readonly payload?: Payload;
}

/** Changes by the ids of dead letters. */
export type LetterChanges = ReadonlyMap<string, LetterChange>;

/** A rejected message, whole, with why. */
export interface DeadLetter extends StoreRecord {
  readonly id: string;
  readonly group: string;
  /** The entry it was; `<id>#<index>` for a message of a record batch. */
  readonly entryId: string;
  readonly attempts: number;
  readonly stage?: string;
  /** The span in which it was handled, as W3C's `traceparent`, where it was traced. */
  readonly trace?: string;
  readonly error: { readonly name: string; readonly message: string; readonly stack?: string };
  /** When it was rejected, in ms since the epoch by the store's clock. */
  readonly time: number;
  /** The fields as they were found, for an entry that is no message. */
  readonly raw?: Readonly<Record<string, Payload>>;
}
