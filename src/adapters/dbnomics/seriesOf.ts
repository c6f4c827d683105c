import { type CalendarFrequency, periodOf, startDayOf } from '../../core/period.ts';
import { DbnomicsShapeError } from './dbnomicsErrors.ts';
import { observationValue } from './observationValue.ts';
import { type Fields, fieldsOf, listOf, textOf, textOrNothing, textsOf } from './reading.ts';
import type { Observation, Series } from './series.ts';

const FREQUENCIES: ReadonlySet<string> = new Set<CalendarFrequency>([
  'annual',
  'bi-annual',
  'quarterly',
  'bimonthly',
  'monthly',
  'weekly',
  'daily',
]);

/** Days, `YYYY-MM-DD`, both included; a period counts by its first day. */
export interface Within {
  readonly from?: string;
  readonly to?: string;
}

/**
 * Reads a document of `/series`: parallel arrays become observations.
 *
 * @throws {DbnomicsShapeError} if it lacks what a series has, its arrays differ in length, or a period does not start on
 * the day that is sent with it
 */
export function seriesOf(value: unknown, within: Within = {}): Series {
  const doc = fieldsOf(value, 'a series');
  const providerCode = textOf(doc['provider_code'], 'provider_code');
  const datasetCode = textOf(doc['dataset_code'], 'dataset_code');
  const seriesCode = textOf(doc['series_code'], 'series_code');
  const id = `${providerCode}/${datasetCode}/${seriesCode}`;
  const frequency = textOrNothing(doc['@frequency']);
  return {
    id,
    providerCode,
    datasetCode,
    datasetName: textOrNothing(doc['dataset_name']),
    seriesCode,
    seriesName: textOrNothing(doc['series_name']),
    frequency: frequency !== undefined && FREQUENCIES.has(frequency) ? (frequency as CalendarFrequency) : undefined,
    dimensions: textsOf(doc['dimensions']),
    indexedAt: textOrNothing(doc['indexed_at']),
    observations: doc['period'] === undefined ? [] : observationsOf(id, doc, within),
  };
}

function observationsOf(id: string, doc: Fields, { from, to }: Within): readonly Observation[] {
  const periods = listOf(doc['period'], `period of ${id}`);
  const values = listOf(doc['value'], `value of ${id}`);
  const days = doc['period_start_day'] === undefined ? undefined : listOf(doc['period_start_day'], `days of ${id}`);
  if (values.length !== periods.length || (days && days.length !== periods.length)) {
    throw new DbnomicsShapeError(`${id} has ${periods.length} periods, ${values.length} values, ${days?.length} days`);
  }
  const attributes = attributesOf(id, doc['observations_attributes']);
  const observations: Observation[] = [];
  for (const [i, value] of values.entries()) {
    const period = textOf(periods[i], `a period of ${id}`);
    const startDay = checkedStartDay(id, period, days?.[i]);
    if ((from !== undefined && startDay < from) || (to !== undefined && startDay > to)) continue;
    const said = attributes.flatMap(([name, all]) => (all[i] ? [[name, String(all[i])]] : []));
    const base = { period, startDay, ...observationValue(value) };
    observations.push(said.length === 0 ? base : { ...base, attributes: Object.fromEntries(said) });
  }
  return observations;
}

/** The day that was sent; where both are known they must agree, or dates were misread somewhere. */
function checkedStartDay(id: string, period: string, sent: unknown): string {
  const read = periodOf(period);
  const reckoned = read && startDayOf(read);
  const day = textOrNothing(sent) ?? reckoned;
  if (day === undefined) throw new DbnomicsShapeError(`period '${period}' of ${id} has no first day`);
  if (reckoned !== undefined && reckoned !== day) {
    throw new DbnomicsShapeError(`period '${period}' of ${id} is said to start on ${day}, not ${reckoned}`);
  }
  return day;
}

function attributesOf(id: string, value: unknown): readonly (readonly [string, readonly unknown[]])[] {
  if (value === undefined || value === null) return [];
  return listOf(value, `attributes of ${id}`).map((entry) => {
    const [name, all] = listOf(entry, `an attribute of ${id}`);
    return [textOf(name, `an attribute of ${id}`), listOf(all, `an attribute of ${id}`)];
  });
}
