import type { OperatorFunction } from 'rxjs';
import { type Correlated, type CorrelateOptions, type Correlations, correlator } from './correlator.ts';
import type { ObserveOptions } from './keeping.ts';
import { mapAnew } from './mapAnew.ts';
import type { Observation } from './observation.ts';

/**
 * As `correlate`, over observations by themselves. Two Observables of observations are merged first.
 *
 * Order: kept. Memory: as `correlate`; each subscription's own. Errors: what is no observation, comes too late or is of
 * another frequency errors the Observable.
 *
 * @example
 * from(observations).pipe(correlateObservations({ both: { of: ['ECB/EXR/USD', 'ECB/EXR/GBP'], length: 60 } }));
 *
 * @throws {InvalidOptionError} if correlations are none or badly named, or an option makes no sense
 */
export function correlateObservations<T extends Observation, const C extends Correlations>(
  correlations: C,
  options?: CorrelateOptions,
): OperatorFunction<T, Correlated<T, C>>;
export function correlateObservations<T, const C extends Correlations>(
  correlations: C,
  options: CorrelateOptions & ObserveOptions<T>,
): OperatorFunction<T, Correlated<T, C>>;
export function correlateObservations<T extends Observation, const C extends Correlations>(
  correlations: C,
  options: CorrelateOptions & Partial<ObserveOptions<T>> = {},
): OperatorFunction<T, Correlated<T, C>> {
  return mapAnew(() => correlator<T, C>(correlations, options));
}
