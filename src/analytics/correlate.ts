import type { OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { type Correlated, type CorrelateOptions, type Correlations, correlator } from './correlator.ts';
import type { ObserveOptions } from './keeping.ts';
import { mapDataAnew } from './mapDataAnew.ts';
import type { Observation } from './observation.ts';

/**
 * Adds to each observation the correlation of two series up to its period.
 *
 *     source:                                      -a-b-c-d-|    a and c are of series x, b and d of y, for two periods
 *     correlate({ r: { of: [x, y], length: 2 } }): -a-b-c-D-|    D.r is a number, the others' is null
 *
 * The series are put in line by period, within the stream: the observation that completes a period has the result, the one
 * that came first has null. A period that one side has not, or where one is NA, does not count.
 *
 * Order: kept. Memory: of each correlation at most `maxWaiting` values a side, not deliveries, and `history` pairs; a value
 * that is let go before its partner came is told once, by a `SluiceWarning` (`PERIODS_UNMATCHED`). It is each
 * subscription's own, unless it is `mapData(correlator(…))`. Settlement: none of its own: no delivery waits for another.
 * What comes again, revised or late is as with `analyse`. Errors: as with `analyse`; a `FrequencyMismatchError` also where
 * the two series are of different frequencies.
 *
 * @example
 * bus.from('observations.*', { group: 'desk' }).pipe(
 *   validate(Observation),
 *   correlate({ together: { of: ['ECB/EXR/USD', 'ECB/EXR/GBP'], length: 60 } }),
 *   handle(({ period, together }) => store({ period, together })),
 * );
 *
 * @throws {InvalidOptionError} if correlations are none or badly named, or an option makes no sense
 */
export function correlate<T extends Observation, const C extends Correlations>(
  correlations: C,
  options?: CorrelateOptions,
): OperatorFunction<Delivery<T>, Delivery<Correlated<T, C>>>;
export function correlate<T, const C extends Correlations>(
  correlations: C,
  options: CorrelateOptions & ObserveOptions<T>,
): OperatorFunction<Delivery<T>, Delivery<Correlated<T, C>>>;
export function correlate<T extends Observation, const C extends Correlations>(
  correlations: C,
  options: CorrelateOptions & Partial<ObserveOptions<T>> = {},
): OperatorFunction<Delivery<T>, Delivery<Correlated<T, C>>> {
  const make = () => correlator<T, C>(correlations, options);
  return mapDataAnew('correlate', () => ({ correlations }), make);
}
