import { NOBODY, type Turns } from './turns.ts';

/**
 * To each tier its share: weighted fair queueing over hand-outs that all cost the same.
 *
 * A hand-out to a tier of weight w takes 1/w of its time, and the tier that would be through with it first is next. So of
 * any number of hand-outs, tiers that always have something get shares as their weights. A tier that had nothing begins
 * at the present: it saves nothing up. What has aged counts with the greatest weight of the tiers it has risen past.
 *
 * A tier of weight w, with W the greatest, has its turn within 1 + 3 (W / w + 1) hand-outs.
 *
 * (Demers, Keshav, Shenker: Analysis and simulation of a fair queueing algorithm, SIGCOMM 1989.)
 */
export class WeightedTurns implements Turns {
  /** When each tier is through with what it had. */
  private readonly through = [0, 0, 0, 0];
  private now = 0;

  /** @param weights by tier, above 0 */
  constructor(private readonly weights: readonly number[]) {}

  next(ranks: readonly number[]): number {
    let next = -1;
    let first = Infinity;
    for (let tier = 0; tier < ranks.length; tier += 1) {
      const rank = ranks[tier] as number;
      if (rank === NOBODY) continue;
      // Never in the past: who was away, or weighed less, does not make up for it.
      const through = Math.max(this.now, (this.through[tier] as number) + 1 / this.weight(tier, rank));
      if (through >= first) continue;
      next = tier;
      first = through;
    }
    this.through[next] = first;
    this.now = first;
    return next;
  }

  private weight(tier: number, rank: number): number {
    let weight = this.weights[tier] as number;
    for (let risen = rank; risen < tier; risen += 1) weight = Math.max(weight, this.weights[risen] as number);
    return weight;
  }
}
