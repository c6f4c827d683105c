import type { Indicator } from './indicator.ts';

/** What each of some indicators gives, by its name; null where it gives nothing. */
export type Results<I> = { readonly [K in keyof I]: I[K] extends Indicator<infer O, never> ? O | null : never };

type Named = Readonly<Record<string, Indicator<unknown>>>;

/** Makes one indicator of several, which gives the results of all of them by name. */
export function together<I extends Named>(indicators: I): Indicator<Results<I>> {
  const all = Object.entries(indicators);
  return {
    name: all.map(([, { name }]) => name).join(', '),
    warmUp: Math.min(...all.map(([, { warmUp }]) => warmUp)),
    byPeriod: all.some(([, { byPeriod }]) => byPeriod),
    start: all.map(([, { start }]) => start),
    step: (state, value, period) => {
      const results: Record<string, unknown> = {};
      const after = all.map(([name, indicator], i) => {
        const [next, result] = indicator.step((state as readonly unknown[])[i], value, period);
        results[name] = result;
        return next;
      });
      return [after, results as Results<I>];
    },
  };
}
