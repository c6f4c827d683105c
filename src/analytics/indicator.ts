import type { Period } from '../core/period.ts';

/**
 * What is computed of a series, a value at a time: a state to start from, and a step that makes of a state and a value
 * the next state and the result. It remembers nothing itself, so one indicator serves any number of series.
 *
 * A step must leave the state it is given as it is: it may be taken again, with a revised value.
 *
 * @typeParam O what it gives; null during its warm-up, and where there is no answer
 * @typeParam V what it takes: a number, or a pair of numbers
 */
export interface Indicator<O, V = number> {
  /** For errors and the graph: `sma(20)`. */
  readonly name: string;
  /** The first value that can have a result: 1 for the very first one. */
  readonly warmUp: number;
  /** True if it goes by the names of periods: it can't run over bare values. */
  readonly byPeriod: boolean;
  readonly start: unknown;
  /** A value of null is NA: the period has none. Values that are not of a period come without one. */
  step(state: unknown, value: V | null, period?: Period): readonly [state: unknown, result: O | null];
}

/** An indicator while the type of its state is known. */
export interface IndicatorOf<S, O, V = number> {
  readonly name: string;
  readonly warmUp: number;
  readonly start: S;
  /** Takes values that are there; NA is skipped. It must not change the state. */
  readonly step: (state: S, value: V) => readonly [state: S, result: O | null];
}

/**
 * Makes an indicator of a step over values. NA is skipped: its result is null, and the state stays what it was.
 *
 * @example
 * const highest = indicator<number, number>({
 *   name: 'highest',
 *   warmUp: 1,
 *   start: -Infinity,
 *   step: (highest, value) => [Math.max(highest, value), Math.max(highest, value)],
 * });
 */
export function indicator<S, O, V = number>(of: IndicatorOf<S, O, V>): Indicator<O, V> {
  const { name, warmUp, start, step } = of;
  return {
    name,
    warmUp,
    byPeriod: false,
    start,
    step: (state, value) => (value === null ? [state, null] : step(state as S, value)),
  };
}
