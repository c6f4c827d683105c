import type { EntryRef, Member } from '../../core/store.ts';
import type { Connection } from './connection.ts';

/** What this process knows of a consumer beyond what the server does. */
export interface MemberState {
  leaseMs: number;
  /** Connections on which an answer with entries may have been lost: what it held is still the consumer's. */
  readonly doubts: Set<Connection>;
  /** Lost entries whose report was lost with a cancelled take. */
  lost: EntryRef[];
  /** Settles once a cancelled take has given back what came after all. */
  turn: Promise<void>;
}

const LEASE_MS = 30_000;

/** The consumers of this process. */
export class MemberStates {
  private readonly states = new Map<string, MemberState>();

  of({ stream, group, consumer }: Member): MemberState {
    const key = JSON.stringify([stream, group, consumer]);
    const known = this.states.get(key);
    if (known) return known;
    const state: MemberState = { leaseMs: LEASE_MS, doubts: new Set(), lost: [], turn: Promise.resolve() };
    this.states.set(key, state);
    return state;
  }

  forget({ stream, group, consumer }: Member): void {
    this.states.delete(JSON.stringify([stream, group, consumer]));
  }
}
