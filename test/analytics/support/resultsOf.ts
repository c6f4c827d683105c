import type { Indicator } from '../../../src/analytics/index.ts';
import { periodOf } from '../../../src/core/period.ts';

/** What an indicator gives of values, one after the other, of the periods if there are any. */
export function resultsOf<O, V = number>(
  indicator: Indicator<O, V>,
  values: Iterable<V | null>,
  periods: readonly string[] = [],
): readonly (O | null)[] {
  let state = indicator.start;
  return Array.from(values, (value, i) => {
    const text = periods[i];
    const [after, result] = indicator.step(state, value, text === undefined ? undefined : periodOf(text));
    state = after;
    return result;
  });
}
