import type { KeyState, SeenRequest } from '../../core/store.ts';

interface Claim {
  readonly owner: string;
  readonly untilMs: number;
}

/** The keys of one list that were seen, oldest first, and who has claimed others. */
export class SeenList {
  private readonly kept = new Map<string, number>();
  private readonly claims = new Map<string, Claim>();

  ask({ kind, owner, keys, forMs, most }: SeenRequest, nowMs: number): readonly KeyState[] {
    this.forget(nowMs);
    const states = keys.map((key) => this[kind](key, { owner, untilMs: nowMs + forMs }, nowMs));
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= most) break;
      this.kept.delete(oldest);
    }
    return states;
  }

  private claim(key: string, claim: Claim, nowMs: number): KeyState {
    if ((this.kept.get(key) ?? 0) > nowMs) return 'seen';
    const other = this.claims.get(key);
    if (other && other.owner !== claim.owner && other.untilMs > nowMs) return { heldMs: other.untilMs - nowMs };
    this.claims.delete(key);
    this.claims.set(key, claim);
    return 'free';
  }

  private keep(key: string, { untilMs }: Claim): KeyState {
    this.kept.delete(key);
    this.kept.set(key, untilMs);
    this.claims.delete(key);
    return 'seen';
  }

  private drop(key: string, { owner }: Claim): KeyState {
    if (this.claims.get(key)?.owner === owner) this.claims.delete(key);
    return 'free';
  }

  /** What is over, as far as it is the oldest. */
  private forget(nowMs: number): void {
    for (const [key, untilMs] of this.kept) {
      if (untilMs > nowMs) break;
      this.kept.delete(key);
    }
    for (const [key, { untilMs }] of this.claims) {
      if (untilMs > nowMs) break;
      this.claims.delete(key);
    }
  }
}
