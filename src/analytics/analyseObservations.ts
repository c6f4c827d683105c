import type { OperatorFunction } from 'rxjs';
import { type Analysed, type AnalyseOptions, analyser, type Indicators } from './analyser.ts';
import type { ObserveOptions } from './keeping.ts';
import { mapAnew } from './mapAnew.ts';
import type { Observation } from './observation.ts';

/**
 * As `analyse`, over observations by themselves: for what comes straight from a source and is owed to nobody.
 *
 * Order: kept. Memory: as `analyse`; each subscription's own. Errors: there are no dead letters here, so what is no
 * observation, comes too late or is of another frequency errors the Observable.
 *
 * @example
 * from(observations).pipe(analyseObservations({ onYear: changeOnYear() }));
 *
 * @throws {InvalidOptionError} if indicators are none or badly named, or an option makes no sense
 */
export function analyseObservations<T extends Observation, const I extends Indicators>(
  indicators: I,
  options?: AnalyseOptions,
): OperatorFunction<T, Analysed<T, I>>;
export function analyseObservations<T, const I extends Indicators>(
  indicators: I,
  options: AnalyseOptions & ObserveOptions<T>,
): OperatorFunction<T, Analysed<T, I>>;
export function analyseObservations<T extends Observation, const I extends Indicators>(
  indicators: I,
  options: AnalyseOptions & Partial<ObserveOptions<T>> = {},
): OperatorFunction<T, Analysed<T, I>> {
  return mapAnew(() => analyser<T, I>(indicators, options));
}
