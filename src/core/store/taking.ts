import type { PerPriority } from '../priority.ts';
import type { Entry, HeldRef } from './entries.ts';
import type { Member } from './members.ts';
import type { EntryRef } from './records.ts';

/** Where a new group, or a view, begins. */
export type StartPosition = 'earliest' | 'latest' | { readonly sinceMs: number };

export interface CreateGroupRequest {
  readonly stream: string;
  readonly group: string;
  readonly pattern: string;
  readonly start: StartPosition;
}

export interface TakeRequest {
  readonly member: Member;
  /** The most messages to hand out, a tier; whole numbers, 0 for none. */
  readonly credit: PerPriority<number>;
  /** How long to wait for the first entry, in ms. */
  readonly waitMs: number;
  /** What the consumer holds unsettled: asked only after an answer was lost, to find what it never received. */
  readonly inHand: () => Iterable<HeldRef>;
  /** Aborted, the call completes without a value. */
  readonly signal?: AbortSignal;
}

export interface Taken {
  readonly entries: readonly Entry[];
  /** Entries that were owed and are gone from the stream: settled, and reported here once. */
  readonly lost: readonly EntryRef[];
}
