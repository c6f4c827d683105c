import type { DeadLetterRequest } from '../../core/store.ts';
import type { RateLimit, RateLimitOptions } from '../../operators/rateLimit.ts';
import type { DeadLetterFilter } from './deadLetterFilter.ts';
import type { OpenDeadLetter } from './keptDeadLetter.ts';

/** Which are meant: what a filter says, and everything only if that is said. */
export type WhichDeadLetters = 'all' | DeadLetterFilter;

export interface DeadLettersOptions extends Partial<DeadLetterRequest>, DeadLetterFilter {
  /** The stream's name, or a partition's. @default 'main' */
  readonly stream?: string;
}

export interface ReplayOptions {
  /** The stream's name, or a partition's. @default 'main' */
  readonly stream?: string;
  /** What each is to carry instead, encoded as it was. What it throws ends the replay; what was replayed before stays so. */
  readonly data?: (data: unknown, letter: OpenDeadLetter) => unknown;
  /** Another topic, of the same stream: then every group that reads it has it, and not only the one that rejected it. */
  readonly topic?: string;
  /** How fast, as with `limitRate`. @default as fast as it goes */
  readonly limit?: RateLimitOptions | RateLimit;
  /** Ends it early: what was replayed stays so. */
  readonly signal?: AbortSignal;
  /** Told of every step. */
  readonly onProgress?: (progress: ReplayResult) => void;
}

export interface ReplayResult {
  /** Appended again, and no dead letters any more. */
  readonly replayed: number;
  /** Meant, and still dead letters, or somebody else was quicker: what is no message can't be replayed. */
  readonly skipped: number;
}

export interface PurgeOptions {
  /** The stream's name, or a partition's. @default 'main' */
  readonly stream?: string;
  /** Ends it early: what was purged is gone. */
  readonly signal?: AbortSignal;
  /** Told of every step. */
  readonly onProgress?: (progress: { readonly purged: number }) => void;
}
