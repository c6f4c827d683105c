import { type Indicator, indicator } from './indicator.ts';

/** Makes an indicator of what is computed from the last `length` values, anew for each: O(length) a value. */
export function slidingWindow<O, V = number>(
  name: string,
  length: number,
  compute: (values: readonly V[]) => O | null,
): Indicator<O, V> {
  return indicator<readonly V[], O, V>({
    name,
    warmUp: length,
    start: [],
    step: (before, value) => {
      const values = before.length < length ? before.slice() : before.slice(1);
      values.push(value);
      return [values, values.length < length ? null : compute(values)];
    },
  });
}
