import { checkCount } from '../operators/checkCount.ts';
import { type DoubleDouble, exactly, over, plus, sumOfTwo, times, toNumber, ZERO } from './doubleDouble.ts';
import { type Indicator, indicator } from './indicator.ts';
import { type Smoothed, smoothing, UNSMOOTHED } from './smoothing.ts';

export interface RsiOptions {
  /** How many changes the averages start with. @default 14 */
  readonly length?: number;
}

interface RsiState {
  readonly last: number | null;
  readonly gains: Smoothed;
  readonly losses: Smoothed;
}

/**
 * The relative strength index, from 0 to 100: the average gain's share of average gain and loss, 100 G / (G + L), which is
 * Wilder's 100 - 100 / (1 + G / L).
 *
 *     values:             1  2  4  3    NA 3
 *     rsi({ length: 3 }): -  -  -  75   -  75
 *
 * Averages are Wilder's: the mean of the first `length` gains (losses), then (before · (length - 1) + new) / length.
 * Where nothing moved since the start, G and L are both 0, and the formula has no answer: null. (Elsewhere it may be 0, 50
 * or 100.)
 *
 * Warm-up: the first result is that of value `length` + 1. NA: skipped; the next change is to the last value there is.
 * Memory and time a value: O(1). Source: J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978).
 *
 * @example
 * fromObservable(observations).pipe(analyse({ strength: rsi() }));
 *
 * @throws {InvalidOptionError} if length is no whole number from 1
 */
export function rsi(options: RsiOptions = {}): Indicator<number> {
  const { length = 14 } = options;
  checkCount('length', length);
  const smooth = smoothing(length, over(exactly(1), exactly(length)));
  return indicator<RsiState, number>({
    name: `rsi(${length})`,
    warmUp: length + 1,
    start: { last: null, gains: UNSMOOTHED, losses: UNSMOOTHED },
    step: (before, value) => {
      if (before.last === null) return [{ ...before, last: value }, null];
      const up = value > before.last;
      const move = up ? sumOfTwo(value, -before.last) : sumOfTwo(before.last, -value);
      const gains = smooth(before.gains, up ? move : ZERO);
      const losses = smooth(before.losses, up ? ZERO : move);
      return [{ last: value, gains, losses }, gains.count < length ? null : strength(gains.level, losses.level)];
    },
  });
}

function strength(gain: DoubleDouble, loss: DoubleDouble): number | null {
  const moved = plus(gain, loss);
  return moved.hi === 0 ? null : toNumber(over(times(gain, exactly(100)), moved));
}
