import { InvalidOptionError } from '../core/errors.ts';
import { checkCount } from '../operators/checkCount.ts';
import { exactly, minus, plus, times, toNumber } from './doubleDouble.ts';
import type { Indicator } from './indicator.ts';
import { meanOf } from './moments.ts';
import { slidingWindow } from './slidingWindow.ts';
import { deviationOf } from './spread.ts';

export interface BollingerOptions {
  /** How many values it looks at. @default 20 */
  readonly length?: number;
  /** How far the bands are from the middle, in standard deviations. @default 2 */
  readonly deviations?: number;
}

/** In the unit of the values. */
export interface Bands {
  readonly lower: number;
  readonly middle: number;
  readonly upper: number;
}

/**
 * Bollinger bands: the mean of the last `length` values, and so many of their standard deviations below and above. In the
 * unit of the values. The deviation is that of the whole window (divided by n, not n - 1), as Bollinger has it.
 *
 * Warm-up: the first result is that of value `length`. NA: skipped; the window holds the last values there are. Memory and
 * time a value: O(length). Source: John Bollinger, "Bollinger on Bollinger Bands" (2001).
 *
 * @example
 * fromObservable(observations).pipe(analyse({ bands: bollinger({ length: 20, deviations: 2 }) }));
 *
 * @throws {InvalidOptionError} if length is no whole number from 1, or deviations is not above 0
 */
export function bollinger(options: BollingerOptions = {}): Indicator<Bands> {
  const { length = 20, deviations = 2 } = options;
  checkCount('length', length);
  if (!(deviations > 0 && deviations < Infinity)) {
    throw new InvalidOptionError('deviations', deviations, 'a number above 0');
  }
  return slidingWindow(`bollinger(${length}, ${deviations})`, length, (values) => {
    const middle = meanOf(values);
    const away = times(deviationOf(values, 'population', middle), exactly(deviations));
    return {
      lower: toNumber(minus(middle, away)),
      middle: toNumber(middle),
      upper: toNumber(plus(middle, away)),
    };
  });
}
