import { type DoubleDouble, exactly, minus, over, plus, times, ZERO } from './doubleDouble.ts';

/** A mean that each value moves by a share of its distance; until it has its first values, their sum. */
export interface Smoothed {
  /** How many values went into it, up to `length`. */
  readonly count: number;
  readonly level: DoubleDouble;
}

export const UNSMOOTHED: Smoothed = { count: 0, level: ZERO };

/**
 * Exponential smoothing: it starts as the mean of its first `length` values, then each value moves it by `share` of its
 * distance. In double-double, so that a difference of two of them keeps its digits.
 */
export function smoothing(length: number, share: DoubleDouble): (before: Smoothed, value: DoubleDouble) => Smoothed {
  const whole = exactly(length);
  return ({ count, level }, value) => {
    if (count === length) return { count, level: plus(level, times(share, minus(value, level))) };
    const sum = plus(level, value);
    return count + 1 === length ? { count: length, level: over(sum, whole) } : { count: count + 1, level: sum };
  };
}

/** The share of an EMA of some length: 2 / (length + 1). */
export function emaShare(length: number): DoubleDouble {
  return over(exactly(2), exactly(length + 1));
}
