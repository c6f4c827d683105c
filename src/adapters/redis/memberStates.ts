import type { EntryRef, Member } from '../../core/store.ts';
import type { Connection } from './connection.ts';
import { Ledger } from './ledger.ts';

const LEASE_MS = 30_000;

/** What this process knows of a consumer beyond what the server does. */
export class MemberState {
  leaseMs = LEASE_MS;
  /** Whether it joined as the only one of its group. */
  exclusive = false;
  readonly ledger = new Ledger();
  /** Connections on which an answer with entries may have been lost: what it held is still the consumer's. */
  readonly doubts = new Set<Connection>();
  /** Which life of which server it was that had the partition when it was last looked at. */
  life: string | undefined;
  /** Lost entries whose report was lost with a cancelled take. */
  lost: EntryRef[] = [];
  /** Settles once the last take has ended. */
  turn: Promise<void> = Promise.resolve();
  /** Settles once the last cancelled take has given back what came after all. */
  givingBack: Promise<void> = Promise.resolve();
  private leaseEndMs = 0;

  /** A lease of so long was asked for at this time, so the server's ends no sooner. */
  renewed(leaseMs: number, askedMs: number): void {
    this.leaseMs = leaseMs;
    this.leaseEndMs = Math.max(this.leaseEndMs, askedMs + leaseMs);
  }

  left(): void {
    this.leaseEndMs = 0;
  }

  /** Whether the lease can't have run out yet. */
  get surelyMember(): boolean {
    return performance.now() < this.leaseEndMs;
  }
}

/** The consumers of this process. */
export class MemberStates {
  private readonly states = new Map<string, MemberState>();

  of(member: Member): MemberState {
    const key = keyOf(member);
    const known = this.states.get(key);
    if (known) return known;
    const state = new MemberState();
    this.states.set(key, state);
    return state;
  }

  forget(member: Member): void {
    this.states.delete(keyOf(member));
  }
}

function keyOf({ stream, group, consumer }: Member): string {
  return JSON.stringify([stream, group, consumer]);
}
