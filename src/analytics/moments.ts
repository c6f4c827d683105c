import { type DoubleDouble, exactly, leftOver, over, sumOfTwo } from './doubleDouble.ts';

/**
 * The mean of some values, at least one, with what rounding would lose.
 *
 * From all the values each time, not from a sum that slides along: what such a sum rounds off, it never gets back.
 */
export function meanOf(values: readonly number[]): DoubleDouble {
  let hi = 0;
  let lo = 0;
  // As `sumOfTwo`, without an object a value.
  for (const value of values) {
    const sum = hi + value;
    const part = sum - hi;
    lo += hi - (sum - part) + (value - part);
    hi = sum;
  }
  return over(sumOfTwo(hi, lo), exactly(values.length));
}

/** The sum of (x - mean of x)(y - mean of y). Of `xs` and `xs` it is n times the variance. */
export function productsAbout(
  xs: readonly number[],
  xMean: DoubleDouble,
  ys: readonly number[],
  yMean: DoubleDouble,
): DoubleDouble {
  let hi = 0;
  let lo = 0;
  // As `times` and `plus`, without objects for each value.
  for (let i = 0; i < xs.length; i += 1) {
    const x = (xs[i] as number) - xMean.hi;
    const y = (ys[i] as number) - yMean.hi;
    const xLow = rounded(xs[i] as number, -xMean.hi, x) - xMean.lo;
    const yLow = rounded(ys[i] as number, -yMean.hi, y) - yMean.lo;
    const product = x * y;
    lo += leftOver(x, y, product) + (x * yLow + xLow * y + xLow * yLow);
    const sum = hi + product;
    lo += rounded(hi, product, sum);
    hi = sum;
  }
  return sumOfTwo(hi, lo);
}

/** What rounding leaves over of a + b, which is `sum`. */
function rounded(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}
