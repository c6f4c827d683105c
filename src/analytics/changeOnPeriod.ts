import type { Frequency, Period } from '../core/period.ts';
import { type ChangeOptions, changeAs } from './change.ts';
import type { Indicator } from './indicator.ts';

interface Last {
  readonly value: number;
  readonly index: number | undefined;
}

/** Days without a market, and moments without a trade, are no gaps. */
const MAY_PAUSE: ReadonlySet<Frequency> = new Set(['daily', 'instant']);

/**
 * The change on the period before, in per cent or as a difference.
 *
 *     periods: 2014-Q1  2014-Q2  2014-Q3  2014-Q4  2015-Q2  2015-Q3
 *     values:  100      110      NA       99       100      101
 *     change:  -        10       -        -        -        1
 *
 * The period before goes by its name: where it is missing or NA there is no result, rather than a change on two periods. A
 * daily series and one of instants have pauses by nature: there it is the last value before. Over bare values, without
 * periods, it is the value before, and null beside NA.
 *
 * Warm-up: the first result is that of the second value. NA: null. Memory and time a value: O(1).
 *
 * @example
 * fromObservable(observations).pipe(analyse({ onQuarter: changeOnPeriod(), points: changeOnPeriod({ as: 'difference' }) }));
 *
 * @throws {InvalidOptionError} if `as` is neither 'percent' nor 'difference'
 */
export function changeOnPeriod(options: ChangeOptions = {}): Indicator<number> {
  const change = changeAs(options);
  return {
    name: 'changeOnPeriod',
    warmUp: 2,
    byPeriod: false,
    start: null,
    step: (before, value, period) => {
      const last = before as Last | null;
      if (value === null) return [mayPause(period) ? last : null, null];
      const next: Last = { value, index: period?.index };
      return [next, last !== null && follows(last, period) ? change(value, last.value) : null];
    },
  };
}

function mayPause(period: Period | undefined): boolean {
  return period !== undefined && MAY_PAUSE.has(period.frequency);
}

function follows({ index }: Last, period: Period | undefined): boolean {
  return period === undefined || index === undefined || mayPause(period) || period.index === index + 1;
}
