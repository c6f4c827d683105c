/** What is asked of a list of keys that were seen. */
export interface SeenRequest {
  /**
   * `claim`: whoever claims a key that is not seen nor claimed by another has it for `forMs`; again, for as long anew.
   * `keep`: it is seen for `forMs`. `drop`: the caller's claim ends.
   */
  readonly kind: 'claim' | 'keep' | 'drop';
  /** Who claims: a name that nobody else uses. */
  readonly owner: string;
  readonly keys: readonly string[];
  /** In ms, a whole number from 1. */
  readonly forMs: number;
  /** How many keys are kept at most; of more, those that would be forgotten first are. */
  readonly most: number;
}

/** What a key of a list is to who asked: theirs, or not kept; kept; or claimed by another for so long, in ms. */
export type KeyState = 'free' | 'seen' | { readonly heldMs: number };

/** A token bucket: how fast tokens come, and how many are kept. */
export interface RateLimits {
  /** Tokens a second, above 0. */
  readonly rate: number;
  /** The most tokens that are kept, a whole number from 1. */
  readonly burst: number;
}

export interface TokenRequest {
  /** The most tokens to take, a whole number from 0. */
  readonly want: number;
  /** What the limit begins with, if it is not there. */
  readonly limits: RateLimits;
}

export interface TokenGrant {
  /** Tokens taken. */
  readonly granted: number;
  /** In how many ms there will be another; 0 if there is one now. */
  readonly waitMs: number;
  /** The limits as they are. */
  readonly limits: RateLimits;
}
