import { LONGEST_MS } from './longestMs.ts';

/** What a bucket takes in, in tokens a second, and the most that it keeps. */
interface BucketLimits {
  readonly rate: number;
  readonly burst: number;
}

/** A token bucket: tokens come at a rate, and what is not taken is kept up to a burst. It begins full. */
export class Bucket<L extends BucketLimits = BucketLimits> {
  private tokens: number;

  constructor(
    private current: L,
    private atMs: number,
  ) {
    this.tokens = current.burst;
  }

  get limits(): L {
    return this.current;
  }

  /** When it was last asked, in ms. */
  get usedMs(): number {
    return this.atMs;
  }

  /** Takes as many of these as there are, whole ones. */
  take(want: number, nowMs: number): number {
    this.fill(nowMs);
    const taken = Math.min(want, Math.floor(this.tokens));
    this.tokens -= taken;
    return taken;
  }

  /** In how many ms there will be a token, as far as a timer can wait; 0 if there is one. */
  waitMs(nowMs: number): number {
    this.fill(nowMs);
    const lack = 1 - this.tokens;
    return lack <= 0 ? 0 : Math.min(LONGEST_MS, Math.ceil((lack * 1_000) / this.current.rate));
  }

  /** From now on other limits; what it has it keeps, up to the new burst. */
  set(limits: L, nowMs: number): void {
    this.fill(nowMs);
    this.current = limits;
    this.tokens = Math.min(this.tokens, limits.burst);
  }

  private fill(nowMs: number): void {
    const { rate, burst } = this.current;
    // A clock may have been put back: then what was to come by the old one does not.
    const passedMs = Math.max(0, nowMs - this.atMs);
    this.tokens = Math.min(burst, this.tokens + (passedMs * rate) / 1_000);
    this.atMs = nowMs;
  }
}
