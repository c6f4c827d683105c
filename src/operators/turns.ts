/** Decides which tier is next. */
export interface Turns {
  /**
   * The tier whose turn it is, by number: 0 is the most urgent.
   * @param ranks what the oldest of each tier counts as, the number of a tier; `NOBODY` where none waits. One waits at least.
   */
  next(ranks: readonly number[]): number;
}

/** The rank of a tier in which nothing waits. */
export const NOBODY = Infinity;
