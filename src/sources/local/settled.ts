/**
 * The method by which an iterator hears that a value it gave out is settled for good: at once, and even after `return()`,
 * when the source drains. Which one it was is not said: it is for iterators whose source has a credit of one.
 */
export const SETTLED = Symbol('settled');

export interface HearsOfSettlement {
  /** Must not throw. */
  [SETTLED]?(): void;
}
