import { InvalidOptionError } from '../core/errors.ts';
import { checkCount } from '../operators/checkCount.ts';
import { over, root, times, toNumber } from './doubleDouble.ts';
import type { Indicator } from './indicator.ts';
import { meanOf, productsAbout } from './moments.ts';
import { slidingWindow } from './slidingWindow.ts';
import type { LengthOptions } from './sma.ts';

/** The values of two series in one period. */
export type Pair = readonly [number, number];

/**
 * The correlation of the last `length` pairs (Pearson's r), from -1 to 1. No unit.
 *
 * Null where all the values of one side are equal.
 *
 * Warm-up: the first result is that of pair `length`. Memory and time a pair: O(length). Source: Karl Pearson, "Notes on
 * regression and inheritance in the case of two parents" (1895).
 *
 * @example
 * from([[1, 2], [2, 4], [3, 5]] as const).pipe(indicate(correlation({ length: 3 })));
 *
 * @throws {InvalidOptionError} if length is no whole number from 2
 */
export function correlation({ length }: LengthOptions): Indicator<number, Pair> {
  checkCount('length', length);
  if (length < 2) throw new InvalidOptionError('length', length, 'a whole number from 2');
  return slidingWindow<number, Pair>(`correlation(${length})`, length, (pairs) => {
    const xs = pairs.map(([x]) => x);
    const ys = pairs.map(([, y]) => y);
    const xMean = meanOf(xs);
    const yMean = meanOf(ys);
    const ofXs = root(productsAbout(xs, xMean, xs, xMean));
    const ofYs = root(productsAbout(ys, yMean, ys, yMean));
    if (ofXs.hi === 0 || ofYs.hi === 0) return null;
    const r = toNumber(over(productsAbout(xs, xMean, ys, yMean), times(ofXs, ofYs)));
    return Math.max(-1, Math.min(1, r));
  });
}
