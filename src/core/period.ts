/** How often a series has a value, in DBnomics' words. */
export type CalendarFrequency = 'annual' | 'bi-annual' | 'quarterly' | 'bimonthly' | 'monthly' | 'weekly' | 'daily';

/** As those of the calendar; an `instant` is a point in time, for ticks. */
export type Frequency = CalendarFrequency | 'instant';

/** A period that was read. */
export interface Period {
  /** As it was written. */
  readonly text: string;
  readonly frequency: Frequency;
  /** Its place among the periods of its frequency: of two neighbours, 1 apart. Of instants, ms. */
  readonly index: number;
}

/** Frequencies that divide a year evenly: the letter before the number, and how many a year has. */
const PARTS = {
  S: { frequency: 'bi-annual', perYear: 2 },
  Q: { frequency: 'quarterly', perYear: 4 },
  B: { frequency: 'bimonthly', perYear: 6 },
  '': { frequency: 'monthly', perYear: 12 },
} as const;

const PER_YEAR: Readonly<Partial<Record<Frequency, number>>> = {
  annual: 1,
  'bi-annual': 2,
  quarterly: 4,
  bimonthly: 6,
  monthly: 12,
};

const DAY_MS = 86_400_000;
const PERIOD = /^(\d{4})(?:-([SQB])(\d)|-(\d{2})|-W(\d{2})|-(\d{2})-(\d{2}))?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/;

/**
 * Reads a period, as DBnomics writes them: `2014`, `2014-S1`, `2014-Q1`, `2014-B1`, `2014-01`, `2014-W01` (ISO week),
 * `2014-01-31`; or an instant, `2014-01-31T09:30:00Z` (UTC, to the millisecond). Undefined if it is none, or the calendar
 * does not have it.
 */
export function periodOf(text: string): Period | undefined {
  const match = PERIOD.exec(text);
  if (!match) return INSTANT.test(text) ? placed(text, 'instant', Date.parse(text)) : undefined;
  const [, year, letter, part, month, week, monthOfDay, day] = match;
  if (part !== undefined) return inYear(text, Number(year), letter as keyof typeof PARTS, Number(part));
  if (month !== undefined) return inYear(text, Number(year), '', Number(month));
  if (week !== undefined) return placed(text, 'weekly', weekIndex(Number(year), Number(week)));
  if (day !== undefined) return placed(text, 'daily', dayIndex(Number(year), Number(monthOfDay), Number(day)));
  return placed(text, 'annual', Number(year));
}

/**
 * The first day of a period, `YYYY-MM-DD`.
 *
 * | frequency | period                 | starts on                                           |
 * |-----------|------------------------|-----------------------------------------------------|
 * | annual    | `2014`                 | 1 January                                           |
 * | bi-annual | `2014-S2`              | first of the half-year                              |
 * | quarterly | `2014-Q2`              | first of the quarter                                |
 * | bimonthly | `2018-B2`              | first of the two months: 1 March                    |
 * | monthly   | `2014-02`              | first of the month                                  |
 * | weekly    | `2014-W01`             | the Monday of the week of ISO 8601, here 2013-12-30 |
 * | daily     | `2014-01-31`           | that day                                            |
 * | instant   | `2014-01-31T09:30:00Z` | its day                                             |
 */
export function startDayOf({ text, frequency, index }: Period): string {
  const perYear = PER_YEAR[frequency];
  if (perYear === undefined) return frequency === 'weekly' ? dayAt(index * 7 + FIRST_MONDAY) : text.slice(0, 10);
  const month = ((index % perYear) * 12) / perYear + 1;
  return `${text.slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
}

/** How many periods of a frequency a year has, where that is the same every year. */
export function periodsPerYear(frequency: Frequency): number | undefined {
  return PER_YEAR[frequency];
}

function inYear(text: string, year: number, letter: keyof typeof PARTS, part: number): Period | undefined {
  const { frequency, perYear } = PARTS[letter];
  return part >= 1 && part <= perYear ? { text, frequency, index: year * perYear + part - 1 } : undefined;
}

function placed(text: string, frequency: Frequency, index: number | null): Period | undefined {
  return index === null || Number.isNaN(index) ? undefined : { text, frequency, index };
}

/** Days since 1970-01-01; null if the month does not have that day. */
function dayIndex(year: number, month: number, day: number): number | null {
  const date = utc(year, month - 1, day);
  return date.getUTCMonth() === month - 1 ? date.getTime() / DAY_MS : null; // a day too many is in another month
}

/** Days since 1970-01-01 of Monday, 29 December 1969: week 0. */
const FIRST_MONDAY = -3;

/** Weeks since then; null if the year does not have that week. Week 1 has 4 January (ISO 8601). */
function weekIndex(year: number, week: number): number | null {
  const first = mondayIndex(year);
  return week >= 1 && week <= mondayIndex(year + 1) - first ? first + week - 1 : null;
}

function mondayIndex(year: number): number {
  return Math.floor((utc(year, 0, 4).getTime() / DAY_MS - FIRST_MONDAY) / 7);
}

function dayAt(index: number): string {
  return new Date(index * DAY_MS).toISOString().slice(0, 10);
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function utc(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date;
}
