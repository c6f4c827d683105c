const RAISE = 2;
const REFINEMENTS = 3;
const HIGHEST = 2_000_000;

/**
 * Looks for the highest rate that holds.
 *
 * | state | after a rate that held | after one that broke |
 * |---|---|---|
 * | raising: none has broken | twice the rate | the middle |
 * | refining: one has broken | the middle, at most three times | the middle, at most three times |
 *
 * The middle is that of the ratio, between the highest that held and the lowest that broke; where the first rate of all
 * breaks, half of the lowest that broke.
 */
export class RateSearch {
  highestHeld: number | undefined;
  lowestBroken: number | undefined;
  private refined = 0;

  constructor(private readonly first: number) {}

  /** What to try next; undefined once it is found. */
  get next(): number | undefined {
    if (this.lowestBroken === undefined) return this.raised();
    if (this.refined > REFINEMENTS) return undefined;
    const middle =
      this.highestHeld === undefined ? this.lowestBroken / RAISE : Math.sqrt(this.highestHeld * this.lowestBroken);
    const rounded = Number(middle.toPrecision(2));
    return rounded === this.highestHeld || rounded === this.lowestBroken ? undefined : rounded;
  }

  /** Tells whether the rate held that was to be tried. */
  tried(held: boolean): void {
    const rate = this.next;
    if (held) this.highestHeld = rate;
    else this.lowestBroken = rate;
    if (this.lowestBroken !== undefined) this.refined += 1;
  }

  private raised(): number | undefined {
    if (this.highestHeld === undefined) return this.first;
    return this.highestHeld >= HIGHEST ? undefined : Math.min(HIGHEST, this.highestHeld * RAISE);
  }
}
