/** What a local source tells its input. */
export interface Demand {
  /** Something can be taken now, or the input has ended: ask again. */
  ready(): void;
  /** How many more may be taken before something settles. */
  free(): number;
}

/** Where a local source takes its data from. Made anew for each subscription. */
export interface LocalInput<R> {
  /** Begins; called once, before anything is taken. */
  open(demand: Demand): void;
  /**
   * The next value, or the end. Undefined when it is not there yet: then the input calls `ready` once it may be.
   * Throws what the input failed with, in its place among the values.
   */
  take(): IteratorResult<R, unknown> | undefined;
  /** A value that was taken is settled for good; comes after `close` too. Must not throw. */
  settled?(): void;
  /** Stops reading and frees what the input holds. Safe to repeat; must not throw. */
  close(): void;
}

export const END: IteratorReturnResult<undefined> = { done: true, value: undefined };
