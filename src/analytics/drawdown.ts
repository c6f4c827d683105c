import { exactly, over, sumOfTwo, times, toNumber } from './doubleDouble.ts';
import { type Indicator, indicator } from './indicator.ts';

/** Falls are from 0 up: 25 is a quarter lost. */
export interface Drawdown {
  /** The highest value so far. */
  readonly peak: number;
  /** How far the value is below the peak, in per cent of it. */
  readonly drawdown: number;
  /** The largest drawdown so far. */
  readonly maximum: number;
}

interface DrawdownState {
  readonly peak: number;
  readonly maximum: number;
}

/**
 * How far each value is below the highest so far, in per cent of that, and the most it ever was: 100 (peak - value) / peak.
 *
 *     values:     100  120  90  NA  110
 *     drawdown:     0    0  25   -  8.33…
 *     maximum:      0    0  25   -  25
 *
 * Null as long as no value was above zero: there is no peak to fall from.
 *
 * Warm-up: none. NA: skipped. Memory and time a value: O(1). Source: Magdon-Ismail and Atiya, "Maximum drawdown" (2004).
 *
 * @example
 * fromObservable(observations).pipe(analyse({ fall: drawdown() }));
 */
export function drawdown(): Indicator<Drawdown> {
  return indicator<DrawdownState, Drawdown>({
    name: 'drawdown',
    warmUp: 1,
    start: { peak: 0, maximum: 0 },
    step: (before, value) => {
      const peak = Math.max(before.peak, value);
      if (peak === 0) return [before, null];
      const fall = toNumber(over(times(sumOfTwo(peak, -value), exactly(100)), exactly(peak)));
      const maximum = Math.max(before.maximum, fall);
      return [
        { peak, maximum },
        { peak, drawdown: fall, maximum },
      ];
    },
  });
}
