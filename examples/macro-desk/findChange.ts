import { type OperatorFunction, pipe } from 'rxjs';
import { type Delivery, mapData } from 'sluice';
import { analyse, changeOnYear } from 'sluice/analytics';
import type { Observed } from './observation.ts';
import { round } from './round.ts';

/** What the desk writes of an observation. */
export interface Finding {
  readonly series: string;
  readonly period: string;
  readonly value: number;
  /** Null where there is no value of a year before, and where that is no base for per cent (zero or less). */
  readonly change: number | null;
  readonly unit: 'percent' | 'percentage points';
}

/** How many periods of a series may come again, as they do after a lost connection: a year of days and more. */
const HISTORY = 400;

/** Finds the change on the year: a percentage changes by percentage points, anything else by per cent. */
export function findChange(): OperatorFunction<Delivery<Observed>, Delivery<Finding>> {
  return pipe(
    analyse({ percent: changeOnYear(), points: changeOnYear({ as: 'difference' }) }, { history: HISTORY }),
    mapData(({ series, period, value, percentage, percent, points }) => {
      const change = percentage ? points : percent;
      return {
        series,
        period,
        value,
        change: change === null ? null : round(change),
        unit: percentage ? 'percentage points' : 'percent',
      };
    }),
  );
}
