/** How often a series has an observation, as DBnomics names it. */
export type Frequency = 'annual' | 'bi-annual' | 'quarterly' | 'bimonthly' | 'monthly' | 'weekly' | 'daily';

/** A period taken apart. */
interface Parts {
  readonly frequency: Frequency;
  readonly startDay: string;
}

/** How each frequency is written, the most of its second number, and how that becomes a month. */
const MONTHLY: readonly (readonly [Frequency, RegExp, number, number])[] = [
  ['annual', /^(\d{4})$/, 1, 12],
  ['bi-annual', /^(\d{4})-S(\d)$/, 2, 6],
  ['quarterly', /^(\d{4})-Q(\d)$/, 4, 3],
  ['bimonthly', /^(\d{4})-B(\d)$/, 6, 2],
  ['monthly', /^(\d{4})-(\d{2})$/, 12, 1],
];
const WEEKLY = /^(\d{4})-W(\d{2})$/;
const DAILY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/**
 * The frequency and first day of a period, by its spelling. Undefined for what is no period of any frequency.
 *
 * | frequency | period       | starts on                                                |
 * |-----------|--------------|----------------------------------------------------------|
 * | annual    | `2014`       | 1 January                                                |
 * | bi-annual | `2014-S2`    | first of the half-year                                   |
 * | quarterly | `2014-Q2`    | first of the quarter                                     |
 * | bimonthly | `2018-B2`    | first of the two months: 1 March                         |
 * | monthly   | `2014-02`    | first of the month                                       |
 * | weekly    | `2014-W01`   | the Monday of the week of ISO 8601, here 2013-12-30      |
 * | daily     | `2014-01-31` | that day                                                 |
 */
export function periodOf(period: string): Parts | undefined {
  for (const [frequency, pattern, most, months] of MONTHLY) {
    const [, year, number = '1'] = pattern.exec(period) ?? [];
    if (year === undefined) continue;
    const nth = Number(number);
    if (nth < 1 || nth > most) return undefined;
    return { frequency, startDay: `${year}-${String((nth - 1) * months + 1).padStart(2, '0')}-01` };
  }
  const [, year, week] = WEEKLY.exec(period) ?? [];
  if (year !== undefined) return weekly(Number(year), Number(week));
  return DAILY.test(period) && isDay(period) ? { frequency: 'daily', startDay: period } : undefined;
}

/** The first week is the one with 4 January in it; a year has 53 if the last one's Thursday is still of it. */
function weekly(year: number, week: number): Parts | undefined {
  const fourth = Date.UTC(year, 0, 4);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS + (week - 1) * 7 * DAY_MS;
  if (week < 1 || new Date(monday + 3 * DAY_MS).getUTCFullYear() !== year) return undefined;
  return { frequency: 'weekly', startDay: dayOf(monday) };
}

function isDay(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && dayOf(ms) === text;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
