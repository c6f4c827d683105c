import { checkCount } from '../operators/checkCount.ts';
import { type DoubleDouble, exactly, over, plus, productOfTwo, toNumber, ZERO } from './doubleDouble.ts';
import type { Indicator } from './indicator.ts';
import { slidingWindow } from './slidingWindow.ts';
import type { LengthOptions } from './sma.ts';

/**
 * The linearly weighted moving average: of the last n = `length` values, the newest counts n times, the one before n - 1
 * times, and so on; divided by n(n + 1)/2. In the unit of the values.
 *
 *     values:             3  6  9  NA 6
 *     wma({ length: 2 }): -  5  8  -  7
 *
 * Warm-up: the first result is that of value `length`. NA: skipped; the window holds the last values there are. Memory and
 * time a value: O(length).
 *
 * @example
 * fromObservable(observations).pipe(analyse({ trend: wma({ length: 12 }) }));
 *
 * @throws {InvalidOptionError} if length is no whole number from 1
 */
export function wma({ length }: LengthOptions): Indicator<number> {
  checkCount('length', length);
  const weights = exactly((length * (length + 1)) / 2);
  return slidingWindow(`wma(${length})`, length, (values) => toNumber(over(weightedSum(values), weights)));
}

function weightedSum(values: readonly number[]): DoubleDouble {
  return values.reduce((sum, value, i) => plus(sum, productOfTwo(value, i + 1)), ZERO);
}
