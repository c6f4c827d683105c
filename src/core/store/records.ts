import type { Payload } from '../codec.ts';
import type { Priority } from '../priority.ts';

/** The place of an append among those of one sender, so that two may be under way and keep their order. */
export interface Turn {
  /** Whose turns these are: a name that nobody else uses, of letters, digits and hyphens. */
  readonly sender: string;
  /** Higher each time; the same for the same records sent again. */
  readonly number: number;
  /**
   * The number of the one before, if that is still under way: this one is then refused, with a retryable error, unless
   * that was kept. Minded by a store with the feature `turns`; one that answers before the next call needs it not.
   */
  readonly after?: number | undefined;
  /** For how long it may be sent again, in ms: so long the store remembers it. @default a minute */
  readonly repeatMs?: number;
}

/** A message that is to be kept once, however often it is appended: by its topic and its id, within its stream. */
export interface Once {
  readonly id: string;
  /** For how long the store remembers it, in ms, a whole number from 1. */
  readonly forMs: number;
  /** How many the stream remembers at most, in all: of more than half as many, the oldest may be forgotten sooner. */
  readonly most: number;
}

/** How safe an append must be before it counts as kept. */
export interface Durability {
  /** `replicated`: that many replicas have it. `fsync`: it is on the server's disk, and on that of so many replicas. */
  readonly level: 'replicated' | 'fsync';
  readonly replicas: number;
  /** How long to wait for that, in ms. */
  readonly timeoutMs: number;
}

/** A message as the store keeps it. `meta` is `core/meta.ts`'s text. */
export interface StoreRecord {
  readonly priority: Priority;
  readonly topic: string;
  readonly payload: Payload;
  /** The application's name for the shape of the data; empty when it gave none. */
  readonly type: string;
  readonly encoding: string;
  readonly meta: string;
  /** How many messages it holds, for a record batch (`core/recordBatch.ts`); absent for a message of its own. */
  readonly count?: number;
  /** Set if it is not to be kept again when it was kept before; never of a record batch, nor of what is in one. */
  readonly once?: Once | undefined;
}

/** Where an entry is in its stream: ids are unique within a lane and grow. */
export interface EntryRef {
  readonly priority: Priority;
  readonly id: string;
}

/** Where an appended record is. */
export interface AppendedRef extends EntryRef {
  /** Set if it was kept before, and not again. */
  readonly duplicate?: true;
}
