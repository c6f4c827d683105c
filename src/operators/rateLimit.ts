import type { Observable } from 'rxjs';
import { InvalidOptionError } from '../core/errors.ts';
import type { RateLimits } from '../core/store.ts';

/** How fast something may go: a token bucket. */
export interface RateLimitOptions {
  /** How many a second, on average: a number above 0. */
  readonly rate: number;
  /** How many may go at once after a pause, a whole number from 1. @default what 10 ms bring, and 1 at least */
  readonly burst?: number;
}

/** A limit that can be changed while it is used, and that several operators may share: `tokenBucket`, `bus.rateLimit`. */
export interface RateLimit {
  /** What it allows, as far as is known here. */
  readonly limits: RateLimits;
  /**
   * Changes it for everyone who shares it; resolves once it is changed.
   *
   * Rejects with `InvalidOptionError` if a limit makes no sense.
   */
  set(limits: RateLimitOptions): Promise<void>;
  /** Takes a token, if there is one. */
  take(): boolean;
  /** Emits once, when it is worth trying to take again, and completes. @param want how many tokens could be used now */
  ready(want: number): Observable<void>;
}

/** @throws {InvalidOptionError} naming the limit that makes no sense */
export function rateLimits(options: RateLimitOptions): RateLimits {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidOptionError('limit', options, 'an object with `rate`, and `burst` if you like, or a RateLimit');
  }
  const { rate, burst = Math.max(1, Math.ceil(rate / 100)) } = options;
  if (!(typeof rate === 'number' && rate > 0 && rate < Infinity)) {
    throw new InvalidOptionError('rate', rate, 'a number a second above 0');
  }
  if (!Number.isSafeInteger(burst) || burst < 1) throw new InvalidOptionError('burst', burst, 'a whole number from 1');
  return { rate, burst };
}
