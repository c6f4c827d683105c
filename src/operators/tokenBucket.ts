import { asyncScheduler, defer, map, merge, type Observable, type SchedulerLike, Subject, take, timer } from 'rxjs';
import type { RateLimits } from '../core/store.ts';
import { Bucket } from '../internal/bucket.ts';
import { type RateLimit, type RateLimitOptions, rateLimits } from './rateLimit.ts';

export interface TokenBucketOptions {
  /** Whose time it goes by. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * A rate limit of this process: one for each operator, or one that several share. `set` changes it while it is used.
 *
 * @example
 * const limit = tokenBucket({ rate: 100, burst: 20 });
 * bus.from('orders.*', { group: 'book' }).pipe(limitRate(limit), handle(book));
 * await limit.set({ rate: 50 });
 *
 * @throws {InvalidOptionError} if rate is not above 0, or burst no whole number from 1
 */
export function tokenBucket(limits: RateLimitOptions, options: TokenBucketOptions = {}): RateLimit {
  return new TokenBucket(rateLimits(limits), options.scheduler ?? asyncScheduler);
}

class TokenBucket implements RateLimit {
  private readonly bucket: Bucket<RateLimits>;
  private readonly changed = new Subject<void>();

  constructor(
    limits: RateLimits,
    private readonly scheduler: SchedulerLike,
  ) {
    this.bucket = new Bucket(limits, scheduler.now());
  }

  get limits(): RateLimits {
    return this.bucket.limits;
  }

  async set(limits: RateLimitOptions): Promise<void> {
    this.bucket.set(rateLimits(limits), this.scheduler.now());
    this.changed.next();
  }

  take(): boolean {
    return this.bucket.take(1, this.scheduler.now()) === 1;
  }

  ready(): Observable<void> {
    const token = defer(() => timer(this.bucket.waitMs(this.scheduler.now()), this.scheduler));
    return merge(token.pipe(map(() => undefined)), this.changed).pipe(take(1));
  }
}
