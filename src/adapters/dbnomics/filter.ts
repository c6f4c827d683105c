import { concatMap, from, map, type Observable, of, reduce } from 'rxjs';
import type { CalendarFrequency } from '../../core/period.ts';
import type { DbnomicsApi } from './dbnomicsApi.ts';
import { DbnomicsShapeError } from './dbnomicsErrors.ts';
import { fieldsOf, listOf } from './reading.ts';
import type { Series } from './series.ts';
import { seriesOf } from './seriesOf.ts';

/** What DBnomics' editor makes of series: `interpolate` to a higher frequency, `aggregate` to a lower one. */
export type Filter =
  | {
      readonly code: 'interpolate';
      readonly parameters: { readonly frequency: CalendarFrequency; readonly method: 'spline' };
    }
  | {
      readonly code: 'aggregate';
      readonly parameters: { readonly frequency: CalendarFrequency; readonly method: 'end_of_period' };
    };

/** The most that the editor takes at once. */
const AT_ONCE = 100;

/** Sends series through the editor, 100 a call, in order. Emits all of them once. */
export function filtered(
  api: DbnomicsApi,
  series: readonly Series[],
  filters: readonly Filter[],
): Observable<Series[]> {
  const portions: Series[][] = [];
  for (let i = 0; i < series.length; i += AT_ONCE) portions.push(series.slice(i, i + AT_ONCE));
  if (filters.length === 0) return of([...series]);
  return from(portions).pipe(
    concatMap((portion) =>
      api.apply({ filters, series: portion.map(posted) }).pipe(map((reply) => merged(portion, reply))),
    ),
    reduce((all: Series[], some) => all.concat(some), []),
  );
}

function posted({ frequency, observations }: Series) {
  return {
    frequency,
    period_start_day: observations.map(({ startDay }) => startDay),
    value: observations.map(({ value }) => value ?? 'NA'),
  };
}

function merged(portion: readonly Series[], reply: object): Series[] {
  const results = listOf(fieldsOf(reply, 'the answer')['filter_results'], 'filter_results');
  if (results.length !== portion.length) {
    throw new DbnomicsShapeError(`the editor answered ${results.length} series to ${portion.length}`);
  }
  return portion.map((series, i) => {
    const made = fieldsOf(fieldsOf(results[i], 'a filter result')['series'], 'series of a filter result');
    const { frequency, period, period_start_day, value } = made;
    const { frequency: newFrequency, observations } = seriesOf({
      provider_code: series.providerCode,
      dataset_code: series.datasetCode,
      series_code: series.seriesCode,
      '@frequency': frequency,
      period,
      period_start_day,
      value,
    });
    return { ...series, frequency: newFrequency, observations };
  });
}
