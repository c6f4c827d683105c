import type { RateLimits, TokenGrant, TokenRequest } from '../../core/store.ts';
import { Bucket } from '../../internal/bucket.ts';

/** How long a limit is kept that nobody uses, in ms: longer if it takes longer to fill. */
const KEPT_MS = 24 * 60 * 60_000;

/** The limits that everyone who has the store shares, by name. */
export class Limits {
  private readonly buckets = new Map<string, Bucket<RateLimits>>();

  take(name: string, { want, limits }: TokenRequest, nowMs: number): TokenGrant {
    const bucket = this.find(name, nowMs) ?? this.make(name, limits, nowMs);
    const granted = bucket.take(want, nowMs);
    return { granted, waitMs: bucket.waitMs(nowMs), limits: bucket.limits };
  }

  set(name: string, limits: RateLimits, nowMs: number): void {
    const bucket = this.find(name, nowMs);
    if (bucket) bucket.set(limits, nowMs);
    else this.make(name, limits, nowMs);
  }

  private find(name: string, nowMs: number): Bucket<RateLimits> | undefined {
    const bucket = this.buckets.get(name);
    return bucket === undefined || isForgotten(bucket, nowMs) ? undefined : bucket;
  }

  private make(name: string, limits: RateLimits, nowMs: number): Bucket<RateLimits> {
    for (const [other, bucket] of this.buckets) if (isForgotten(bucket, nowMs)) this.buckets.delete(other);
    const bucket = new Bucket(limits, nowMs);
    this.buckets.set(name, bucket);
    return bucket;
  }
}

function isForgotten({ usedMs, limits: { rate, burst } }: Bucket<RateLimits>, nowMs: number): boolean {
  return nowMs - usedMs > Math.max(KEPT_MS, (burst * 1_000) / rate);
}
