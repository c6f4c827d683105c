import { checkCount } from '../operators/checkCount.ts';
import { exactly, toNumber } from './doubleDouble.ts';
import { type Indicator, indicator } from './indicator.ts';
import type { LengthOptions } from './sma.ts';
import { emaShare, type Smoothed, smoothing, UNSMOOTHED } from './smoothing.ts';

/**
 * The exponential moving average: each value moves it by 2 / (length + 1) of its distance. In the unit of the values.
 *
 *     values:             2  4  6  NA 4
 *     ema({ length: 3 }): -  -  4  -  4
 *
 * It starts as the mean of the first `length` values (others start with the first value itself: theirs differ at the
 * beginning, and come nearer with every value).
 *
 * Warm-up: the first result is that of value `length`. NA: skipped. Memory and time a value: O(1).
 *
 * @example
 * fromObservable(observations).pipe(analyse({ trend: ema({ length: 12 }) }));
 *
 * @throws {InvalidOptionError} if length is no whole number from 1
 */
export function ema({ length }: LengthOptions): Indicator<number> {
  checkCount('length', length);
  const smooth = smoothing(length, emaShare(length));
  return indicator<Smoothed, number>({
    name: `ema(${length})`,
    warmUp: length,
    start: UNSMOOTHED,
    step: (before, value) => {
      const after = smooth(before, exactly(value));
      return [after, after.count < length ? null : toNumber(after.level)];
    },
  });
}
