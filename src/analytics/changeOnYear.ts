import type { Period } from '../core/period.ts';
import { type ChangeOptions, changeAs } from './change.ts';
import type { Indicator } from './indicator.ts';
import { ObservationError } from './observationError.ts';
import { yearBefore } from './yearBefore.ts';

interface Known {
  readonly index: number;
  readonly value: number;
}

/**
 * The change on the same period of the year before, in per cent or as a difference.
 *
 *     periods: 2013-Q4  2014-Q1  2014-Q3  2014-Q4  2015-Q1
 *     values:  100      101      103      105      NA
 *     change:  -        -        -        5        -
 *
 * The year before goes by its name, not by so many rows, so gaps do no harm: `2014-Q4` to `2013-Q4`, `2014-W07` to
 * `2013-W07`, `2014-01-31` to `2013-01-31`. What that year does not have (29 February, week 53, a day without a value) has
 * no result.
 *
 * Warm-up: a year. NA: null, and null a year later. Memory and time a value: what a year has, 367 values at the most.
 * Errors: an `ObservationError` for instants, of which a year has no end.
 *
 * @example
 * fromObservable(observations).pipe(analyse({ onYear: changeOnYear(), points: changeOnYear({ as: 'difference' }) }));
 *
 * @throws {InvalidOptionError} if `as` is neither 'percent' nor 'difference'
 */
export function changeOnYear(options: ChangeOptions = {}): Indicator<number> {
  const change = changeAs(options);
  return {
    name: 'changeOnYear',
    warmUp: 2,
    byPeriod: true,
    start: [],
    step: (state, value, period) => {
      const target = yearBefore(calendar(period));
      const year = since(target, state as readonly Known[]);
      if (value === null) return [year, null];
      const [oldest] = year;
      const before = target !== null && oldest?.index === target ? oldest.value : null;
      year.push({ index: (period as Period).index, value });
      return [year, before === null ? null : change(value, before)];
    },
  };
}

/** A copy of what is known from an index on, oldest first. */
function since(from: number | null, known: readonly Known[]): Known[] {
  const at = from === null ? 0 : known.findIndex(({ index }) => index >= from);
  return at === -1 ? [] : known.slice(at);
}

function calendar(period: Period | undefined): Period {
  if (period && period.frequency !== 'instant') return period;
  const got = period ? `the instant '${period.text}'` : 'a value without a period';
  throw new ObservationError(`changeOnYear got ${got}: it takes periods of a calendar, from days to years`);
}
