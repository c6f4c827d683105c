import type { Outcome } from '../outcome.ts';
import type { HeldEntry } from './entries.ts';
import type { StoreRecord } from './records.ts';

export interface Settlement extends HeldEntry {
  readonly outcome: Outcome;
  /** The stage that had it last, for the dead letter. */
  readonly stage?: string | undefined;
  /** Where its span is, as W3C's `traceparent`, for the dead letter. */
  readonly trace?: string | undefined;
  /** The messages of a record batch that it is about. Absent: all of the entry. */
  readonly parts?: SettledParts | undefined;
  /**
   * With `ack`: records to append to the same stream in the same step, if the entry is in the consumer's hands; ignored
   * with any other outcome. With `parts`, these are of one message.
   */
  readonly outputs?: readonly StoreRecord[] | undefined;
}

/** Messages of one record batch that are settled alike. */
export interface SettledParts {
  /** How many messages the record batch holds. */
  readonly count: number;
  /** Their places in it, each once. */
  readonly indexes: readonly number[];
  /** To `reject`: the messages, in step with `indexes`, each as it would be an entry of its own. */
  readonly records?: readonly StoreRecord[];
}
