import { History } from './history.ts';
import type { Observed } from './observation.ts';
import { round } from './round.ts';
import { yearBefore } from './yearBefore.ts';

/** What the desk writes of an observation. */
export interface Finding {
  readonly series: string;
  readonly period: string;
  readonly value: number;
  /** The value of the same period a year before; null if there is none. */
  readonly yearBefore: number | null;
  /** Null without a year before, and where that is no base for per cent (zero or less). */
  readonly change: number | null;
  readonly unit: 'percent' | 'percentage points';
}

/**
 * Makes a calculator of the change on the year: a percentage changes by percentage points, anything else by per cent.
 *
 * It looks the same period of the year before up by name, not so many rows back, so gaps do no harm. It takes each
 * series oldest first, as it is published.
 */
export function changeOnYear(): (observation: Observed) => Finding {
  const history = new History();
  return ({ series, period, value, percentage }) => {
    history.keep(series, period, value);
    const before = history.at(series, yearBefore(period)) ?? null;
    const change = before === null ? null : percentage ? round(value - before) : inPercent(value, before);
    return { series, period, value, yearBefore: before, change, unit: percentage ? 'percentage points' : 'percent' };
  };
}

function inPercent(value: number, before: number): number | null {
  return before > 0 ? round((value / before - 1) * 100) : null;
}
