import { InvalidOptionError } from '../core/errors.ts';
import { checkCount } from '../operators/checkCount.ts';
import { exactly, minus, toNumber } from './doubleDouble.ts';
import { type Indicator, indicator } from './indicator.ts';
import { emaShare, type Smoothed, smoothing, UNSMOOTHED } from './smoothing.ts';

export interface MacdOptions {
  /** The length of the shorter EMA. @default 12 */
  readonly fast?: number;
  /** The length of the longer EMA. @default 26 */
  readonly slow?: number;
  /** The length of the EMA of their difference. @default 9 */
  readonly signal?: number;
}

/** In the unit of the values. */
export interface Macd {
  /** The fast EMA less the slow one. */
  readonly macd: number;
  /** The EMA of `macd`; null for the first `signal` - 1. */
  readonly signal: number | null;
  /** `macd` less `signal`. */
  readonly histogram: number | null;
}

interface MacdState {
  readonly fast: Smoothed;
  readonly slow: Smoothed;
  readonly signal: Smoothed;
}

/**
 * Moving average convergence/divergence: a fast EMA less a slow one, the EMA of that, and the difference of the two. In the
 * unit of the values.
 *
 * Each EMA starts as the mean of its own first values, as in `ema`; the signal's are the first of `macd`.
 *
 * Warm-up: `macd` with value `slow`, `signal` and `histogram` with value `slow + signal - 1`: 26 and 34 by default. NA:
 * skipped. Memory and time a value: O(1). Source: Gerald Appel, "The Moving Average Convergence-Divergence Trading Method"
 * (1979); the histogram is Thomas Aspray's (1986).
 *
 * @example
 * fromObservable(observations).pipe(analyse({ momentum: macd() }));
 *
 * @throws {InvalidOptionError} if a length is no whole number from 1, or slow is not above fast
 */
export function macd(options: MacdOptions = {}): Indicator<Macd> {
  const { fast = 12, slow = 26, signal = 9 } = options;
  checkCount('fast', fast);
  checkCount('slow', slow);
  checkCount('signal', signal);
  if (slow <= fast) throw new InvalidOptionError('slow', slow, `a whole number above fast, which is ${fast}`);
  const smoothFast = smoothing(fast, emaShare(fast));
  const smoothSlow = smoothing(slow, emaShare(slow));
  const smoothSignal = smoothing(signal, emaShare(signal));
  return indicator<MacdState, Macd>({
    name: `macd(${fast}, ${slow}, ${signal})`,
    warmUp: slow,
    start: { fast: UNSMOOTHED, slow: UNSMOOTHED, signal: UNSMOOTHED },
    step: (before, value) => {
      const exact = exactly(value);
      const after = { fast: smoothFast(before.fast, exact), slow: smoothSlow(before.slow, exact) };
      if (after.slow.count < slow) return [{ ...after, signal: before.signal }, null];
      const line = minus(after.fast.level, after.slow.level);
      const smoothed = smoothSignal(before.signal, line);
      const signalled =
        smoothed.count < signal
          ? { signal: null, histogram: null }
          : { signal: toNumber(smoothed.level), histogram: toNumber(minus(line, smoothed.level)) };
      return [
        { ...after, signal: smoothed },
        { macd: toNumber(line), ...signalled },
      ];
    },
  });
}
