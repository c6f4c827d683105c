import { type Period, periodOf, periodsPerYear } from '../core/period.ts';

/** The index of the same period a year before; null if that year does not have it: 29 February, week 53. */
export function yearBefore({ text, frequency, index }: Period): number | null {
  const perYear = periodsPerYear(frequency);
  if (perYear !== undefined) return index - perYear;
  const year = Number(text.slice(0, 4)) - 1;
  return periodOf(`${year}`.padStart(4, '0') + text.slice(4))?.index ?? null;
}
