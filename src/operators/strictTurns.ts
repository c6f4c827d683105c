import type { Turns } from './turns.ts';

/**
 * The most urgent first. Of tiers that count as equally urgent, since some have aged, the one that has not had its turn
 * for longest: so that what has aged keeps nothing more urgent waiting for more than three turns, nor the other way.
 */
export class StrictTurns implements Turns {
  /** When each tier had its last turn. */
  private readonly last = [0, 0, 0, 0];
  private turn = 0;

  next(ranks: readonly number[]): number {
    let next = 0;
    for (let tier = 1; tier < ranks.length; tier += 1) if (this.precedes(tier, next, ranks)) next = tier;
    this.turn += 1;
    this.last[next] = this.turn;
    return next;
  }

  private precedes(tier: number, other: number, ranks: readonly number[]): boolean {
    const [rank, otherRank] = [ranks[tier] as number, ranks[other] as number];
    return rank < otherRank || (rank === otherRank && (this.last[tier] as number) < (this.last[other] as number));
  }
}
