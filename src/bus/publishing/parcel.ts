import type { Span } from '@opentelemetry/api';
import type { Confirm } from '../../core/publisher.ts';
import type { Due, StoreRecord } from '../../core/store.ts';

/** A record on its way to the store, and whom to tell: one object for each message, since there may be many. */
export interface Parcel extends StoreRecord {
  /** What it weighs in the buffer. */
  readonly bytes: number;
  /** When it was published, in ms since the epoch. */
  readonly at: number;
  /** The id that its producer gave it; one that is delayed always has one. */
  readonly id: string | undefined;
  /** When it is to be delivered, if not at once. */
  readonly due: Due | undefined;
  readonly span: Span | undefined;
  /** Called once: with where the store keeps it, or with why it doesn't. */
  readonly confirm: Confirm;
}
