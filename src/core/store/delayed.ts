import type { Priority } from '../priority.ts';
import type { StoreRecord } from './records.ts';

/** A record that waits to be due, by its topic and an id of its own. */
export interface DelayedRef {
  readonly topic: string;
  readonly id: string;
}

/** When a record is due: so many ms from now, or at a time in ms since the epoch; both by the store's clock. */
export type Due = { readonly afterMs: number } | { readonly atMs: number };

/** A record that is to be appended later; never a record batch. */
export interface DelayedRecord extends StoreRecord, DelayedRef {
  readonly due: Due;
}

/** What became of a record that was scheduled. */
export interface ScheduledRef {
  readonly priority: Priority;
  readonly id: DelayedRef['id'];
  /** Set if it waits already or was kept before, and was not kept again. */
  readonly duplicate?: true;
}
