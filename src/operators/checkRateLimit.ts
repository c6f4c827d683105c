import type { SchedulerLike } from 'rxjs';
import type { RateLimit, RateLimitOptions } from './rateLimit.ts';
import { tokenBucket } from './tokenBucket.ts';

/** The limit itself, or one of this process. @throws {InvalidOptionError} if it makes no sense */
export function checkRateLimit(limit: RateLimitOptions | RateLimit, scheduler: SchedulerLike): RateLimit {
  return isRateLimit(limit) ? limit : tokenBucket(limit, { scheduler });
}

function isRateLimit(limit: RateLimitOptions | RateLimit): limit is RateLimit {
  return typeof (limit as Partial<RateLimit> | undefined | null)?.ready === 'function';
}
