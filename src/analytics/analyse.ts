import type { OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { type Analysed, type AnalyseOptions, analyser, type Indicators } from './analyser.ts';
import type { ObserveOptions } from './keeping.ts';
import { mapDataAnew } from './mapDataAnew.ts';
import type { Observation } from './observation.ts';
import { together } from './together.ts';

/**
 * Adds to each observation what indicators give of its series so far.
 *
 *     source:                                -1-2-3-|
 *     analyse({ mean: sma({ length: 2 }) }): -a-b-c-|    a.mean = null, b.mean = 1.5, c.mean = 2.5
 *
 * Order: kept; each series is computed in order of its periods. Memory: of each of at most `maxSeries` series the states of
 * the indicators, twice, and `history` values with their results; the series that was used longest ago is forgotten, starts
 * anew, and a `SluiceWarning` (`SERIES_FORGOTTEN`) tells so once. It is each subscription's own: a pipeline that is
 * restarted starts anew, unless it has `mapData(analyser(…))`.
 *
 * Settlement: none of its own. A delivery that comes again (same series, period and value) has its result again, and counts
 * once. A revised value, or one that comes late, among the last `history` periods, takes its place; those after it are
 * computed anew for what is yet to come, and not given again. Errors: what is no observation (`ObservationError`), comes
 * too late (`LatePeriodError`) or is of another frequency than its series (`FrequencyMismatchError`) fails for good, and
 * the stream goes on.
 *
 * @example
 * bus.from('observations.*', { group: 'desk' }).pipe(
 *   validate(Observation),
 *   analyse({ onYear: changeOnYear(), trend: sma({ length: 12 }) }),
 *   handle(({ series, period, onYear, trend }) => store({ series, period, onYear, trend })),
 * );
 *
 * @throws {InvalidOptionError} if indicators are none or badly named, or an option makes no sense
 */
export function analyse<T extends Observation, const I extends Indicators>(
  indicators: I,
  options?: AnalyseOptions,
): OperatorFunction<Delivery<T>, Delivery<Analysed<T, I>>>;
export function analyse<T, const I extends Indicators>(
  indicators: I,
  options: AnalyseOptions & ObserveOptions<T>,
): OperatorFunction<Delivery<T>, Delivery<Analysed<T, I>>>;
export function analyse<T extends Observation, const I extends Indicators>(
  indicators: I,
  options: AnalyseOptions & Partial<ObserveOptions<T>> = {},
): OperatorFunction<Delivery<T>, Delivery<Analysed<T, I>>> {
  const make = () => analyser<T, I>(indicators, options);
  return mapDataAnew('analyse', () => ({ indicators: together(indicators).name }), make);
}
