/**
 * The same period a year earlier: `2014` → `2013`, `2014-Q1` → `2013-Q1`, `2014-01-31` → `2013-01-31`.
 *
 * What the earlier year does not have, such as 29 February or week 53, is named all the same: no observation bears it,
 * so there is nothing to compare with, which is what is wanted.
 */
export function yearBefore(period: string): string {
  const year = Number(period.slice(0, 4)) - 1;
  return `${year}`.padStart(4, '0') + period.slice(4);
}
