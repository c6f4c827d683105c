import { defer, map, type OperatorFunction } from 'rxjs';
import { InvalidOptionError } from '../core/errors.ts';
import type { Indicator } from './indicator.ts';

/**
 * Runs an indicator over bare values, one after the other: null is NA, and null comes out where there is no result.
 * Nobody checks the values: a NaN stays in whatever is smoothed.
 *
 *     source:                       -1-2-4-|
 *     indicate(sma({ length: 2 })): -a-b-c-|    a = null, b = 1.5, c = 3
 *
 * Order: kept. Memory: the indicator's; each subscription's own. Errors: what the indicator's step throws.
 *
 * @example
 * from([20.5, 21, null, 21.5]).pipe(indicate(sma({ length: 2 })));
 *
 * @throws {InvalidOptionError} if the indicator goes by the names of periods, which bare values have not
 */
export function indicate<V, O>(indicator: Indicator<O, V>): OperatorFunction<V | null, O | null> {
  if (typeof indicator?.step !== 'function' || indicator.byPeriod) {
    const takes = 'an indicator over bare values; what goes by periods needs observations (`analyseObservations`)';
    throw new InvalidOptionError('indicator', indicator?.name ?? indicator, takes);
  }
  return (source) =>
    defer(() => {
      let { start: state } = indicator;
      return source.pipe(
        map((value) => {
          const [after, result] = indicator.step(state, value);
          state = after;
          return result;
        }),
      );
    });
}
