import { type DoubleDouble, exactly, over, root } from './doubleDouble.ts';
import { meanOf, productsAbout } from './moments.ts';

/** Of a sample the sum of squares is divided by n - 1, of a whole population by n. */
export type Spread = 'sample' | 'population';

/** The standard deviation of some values; a sample has two at least. */
export function deviationOf(values: readonly number[], spread: Spread, mean = meanOf(values)): DoubleDouble {
  const degrees = spread === 'sample' ? values.length - 1 : values.length;
  return root(over(productsAbout(values, mean, values, mean), exactly(degrees)));
}
