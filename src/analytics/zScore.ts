import { InvalidOptionError } from '../core/errors.ts';
import { checkCount } from '../operators/checkCount.ts';
import { exactly, minus, over, toNumber } from './doubleDouble.ts';
import type { Indicator } from './indicator.ts';
import { meanOf } from './moments.ts';
import { slidingWindow } from './slidingWindow.ts';
import { deviationOf, type Spread } from './spread.ts';

export interface ZScoreOptions {
  /** How many values it looks at, the newest among them: from 2. */
  readonly length: number;
  /** Whether the deviation is that of a sample (n - 1) or of the whole window (n). @default 'sample' */
  readonly spread?: Spread;
}

/**
 * How many standard deviations the value is above the mean of the last `length` values, itself among them; negative below.
 * No unit.
 *
 * Null where all the values are equal: there is no deviation to measure by.
 *
 * Warm-up: the first result is that of value `length`. NA: skipped; the window holds the last values there are. Memory and
 * time a value: O(length).
 *
 * @example
 * fromObservable(observations).pipe(analyse({ oddity: zScore({ length: 36 }) }));
 *
 * @throws {InvalidOptionError} if length is no whole number from 2, or spread neither 'sample' nor 'population'
 */
export function zScore({ length, spread = 'sample' }: ZScoreOptions): Indicator<number> {
  checkCount('length', length);
  if (length < 2) throw new InvalidOptionError('length', length, 'a whole number from 2');
  if (spread !== 'sample' && spread !== 'population') {
    throw new InvalidOptionError('spread', spread, "'sample' or 'population'");
  }
  return slidingWindow(`zScore(${length})`, length, (values) => {
    const mean = meanOf(values);
    const deviation = deviationOf(values, spread, mean);
    if (deviation.hi === 0) return null;
    return toNumber(over(minus(exactly(values.at(-1) as number), mean), deviation));
  });
}
