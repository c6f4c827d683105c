import { checkCount } from '../operators/checkCount.ts';
import { toNumber } from './doubleDouble.ts';
import type { Indicator } from './indicator.ts';
import { meanOf } from './moments.ts';
import { slidingWindow } from './slidingWindow.ts';

export interface LengthOptions {
  /** How many values it looks at. */
  readonly length: number;
}

/**
 * The simple moving average: the mean of the last `length` values, in their unit.
 *
 *     values:             1  2  3  NA 4
 *     sma({ length: 3 }): -  -  2  -  3
 *
 * Warm-up: the first result is that of value `length`. NA: skipped; the window holds the last values there are. Memory and
 * time a value: O(length).
 *
 * @example
 * fromObservable(observations).pipe(analyse({ trend: sma({ length: 12 }) }));
 *
 * @throws {InvalidOptionError} if length is no whole number from 1
 */
export function sma({ length }: LengthOptions): Indicator<number> {
  checkCount('length', length);
  return slidingWindow(`sma(${length})`, length, (values) => toNumber(meanOf(values)));
}
