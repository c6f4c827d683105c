import { InvalidOptionError } from '../core/errors.ts';
import { checkCount } from '../operators/checkCount.ts';
import { exactly, minus, productOfTwo, toNumber } from './doubleDouble.ts';
import type { Indicator } from './indicator.ts';
import { slidingWindow } from './slidingWindow.ts';
import { deviationOf } from './spread.ts';

export interface VolatilityOptions {
  /** How many returns it looks at: from 2. */
  readonly length: number;
  /** How many values a year has: 252 for trading days, 365, 52, 12, 4. */
  readonly periodsPerYear: number;
}

/**
 * The volatility, in per cent a year: the standard deviation (of a sample, n - 1) of the last `length` log returns, times
 * the square root of the periods of a year. A log return is ln(value / value before).
 *
 * Null while the window holds a value of zero or less, which has no logarithm.
 *
 * Warm-up: the first result is that of value `length` + 1. NA: skipped; the next return is from the last value there is.
 * Memory and time a value: O(length). Source: John C. Hull, "Options, Futures, and Other Derivatives", on estimating
 * volatility from historical data.
 *
 * @example
 * fromObservable(observations).pipe(analyse({ risk: volatility({ length: 20, periodsPerYear: 252 }) }));
 *
 * @throws {InvalidOptionError} if length is no whole number from 2, or periodsPerYear is not above 0
 */
export function volatility({ length, periodsPerYear }: VolatilityOptions): Indicator<number> {
  checkCount('length', length);
  if (length < 2) throw new InvalidOptionError('length', length, 'a whole number from 2');
  if (!(periodsPerYear > 0 && periodsPerYear < Infinity)) {
    throw new InvalidOptionError('periodsPerYear', periodsPerYear, 'a number above 0');
  }
  const perYear = 100 * Math.sqrt(periodsPerYear);
  return slidingWindow(`volatility(${length})`, length + 1, (values) => {
    if (values.some((value) => value <= 0)) return null;
    return toNumber(deviationOf(excessReturns(values), 'sample')) * perYear;
  });
}

/**
 * Log returns less a constant that is near their mean, which the deviation doesn't see. The logarithm is taken of what is
 * nearly 1, where it keeps its digits: of returns as they are, a steady growth would swamp the deviations from it.
 */
function excessReturns(values: readonly number[]): readonly number[] {
  const growth = ((values.at(-1) as number) / (values[0] as number)) ** (1 / (values.length - 1));
  return values.slice(1).map((value, i) => {
    const expected = productOfTwo(values[i] as number, growth);
    const excess = toNumber(minus(exactly(value), expected)) / toNumber(expected);
    return excess > -0.5 ? Math.log1p(excess) : Math.log(value / toNumber(expected));
  });
}
