import { z } from 'zod';
import { History } from './history.ts';
import type { Observed } from './observation.ts';
import { round } from './round.ts';

/** A central bank changed its rate. */
export const PolicyMove = z.object({
  country: z.string(),
  series: z.string(),
  /** The first period at the new rate, and the last known one at the old. */
  period: z.string(),
  since: z.string(),
  /** Per cent a year. */
  from: z.number(),
  to: z.number(),
  /** Percentage points. */
  move: z.number(),
});

export type PolicyMove = z.output<typeof PolicyMove>;

/** Makes a finder of moves: of each rate, none or one, against the last rate known before. */
export function policyMoves(): (rate: Observed) => readonly PolicyMove[] {
  const history = new History();
  return ({ series, period, value, area = 'unknown' }) => {
    const last = history.before(series, period);
    history.keep(series, period, value);
    if (last === undefined || last.value === value) return [];
    const move = round(value - last.value);
    return [{ country: area, series, period, since: last.period, from: last.value, to: value, move }];
  };
}
