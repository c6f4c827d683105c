import { describe, InvalidOptionError } from '../core/errors.ts';
import { checkCount } from '../operators/checkCount.ts';
import { Alignment } from './alignment.ts';
import { checkNamed } from './checkNamed.ts';
import { correlation, type Pair } from './correlation.ts';
import { checkHistory, type HistoryOptions, type ObserveOptions, observerOf } from './keeping.ts';
import { noticeOnce } from './noticeOnce.ts';
import { type Observation, type Reading, readingOf } from './observation.ts';
import { RevisableSeries } from './revisableSeries.ts';

/** Two series to correlate. */
export interface CorrelationOf {
  /** The two, by the names that observations give their series. */
  readonly of: readonly [string, string];
  /** How many periods with both values it looks at: from 2. */
  readonly length: number;
}

/** Correlations, each by the name that its result is to have. */
export type Correlations = Readonly<Record<string, CorrelationOf>>;

/** The data, and each correlation; null where there is none. */
export type Correlated<T, C> = T & { readonly [K in keyof C]: number | null };

export interface CorrelateOptions extends HistoryOptions {
  /** How many values of each side are kept, waiting for their partner or to be revised. @default 1_000 */
  readonly maxWaiting?: number;
}

/**
 * Makes a function that adds to each observation the correlation of two series up to its period. Its state is its own: use
 * it with `mapData` or `map`, where it is to go on after a pipeline was restarted. `correlate` makes a new one for each
 * subscription.
 *
 * Two series are put in line by period: the observation that completes a period has the result; the one that came first
 * has null, and so has one of another series. A period that one side has not, or where one is NA, does not count. Revised
 * and late values, and what comes again, are as in `analyser`. Memory: of each correlation at most `maxWaiting` values a
 * side and `history` pairs; a value that is let go before its partner came is told once, by a `SluiceWarning`
 * (`PERIODS_UNMATCHED`).
 *
 * The function throws, and stays what it was, as an `analyser`; a `FrequencyMismatchError` also where the two series are of
 * different frequencies: bring them to one first.
 *
 * @example
 * const together = correlator({ together: { of: ['ECB/EXR/USD', 'ECB/EXR/GBP'], length: 60 } });
 * bus.from('observations.*', { group: 'desk' }).pipe(validate(Observation), mapData(together), handle(store));
 *
 * @throws {InvalidOptionError} if correlations are none or badly named, or an option makes no sense
 */
export function correlator<T extends Observation, C extends Correlations>(
  correlations: C,
  options?: CorrelateOptions,
): (data: T) => Correlated<T, C>;
export function correlator<T, C extends Correlations>(
  correlations: C,
  options: CorrelateOptions & ObserveOptions<T>,
): (data: T) => Correlated<T, C>;
export function correlator<T, C extends Correlations>(
  correlations: C,
  options: CorrelateOptions & Partial<ObserveOptions<T>> = {},
): (data: T) => Correlated<T, C> {
  const { maxWaiting = 1_000 } = options;
  checkCount('maxWaiting', maxWaiting);
  const history = checkHistory(options);
  const observe = observerOf(options);
  const onUnmatched = noticeOnce({
    level: 'warn',
    code: 'PERIODS_UNMATCHED',
    message: `a value waited for the same period of another series until ${maxWaiting} newer ones had come: it does not count; publish the two side by side, or raise \`maxWaiting\``,
  });
  const follow = followers(correlations, (of) => new Alignment(of, maxWaiting, onUnmatched), history);
  return (data) => {
    const reading = readingOf(observe(data));
    const results = follow.map(([name, next]) => [name, next(reading)] as const);
    return { ...data, ...Object.fromEntries(results) } as Correlated<T, C>;
  };
}

type Follow = (reading: Reading) => number | null;

function followers(
  correlations: Correlations,
  align: (of: readonly [string, string]) => Alignment,
  history: number,
): readonly (readonly [name: string, follow: Follow])[] {
  return checked(correlations).map(([name, { of, length }]) => {
    const alignment = align(of);
    const pairs = new RevisableSeries<Pair, number>(of.join(' with '), correlation({ length }), history);
    const follow: Follow = (reading) => {
      if (!of.includes(reading.series)) return null;
      const pair = alignment.take(reading);
      return pair ? pairs.next(reading.period, complete(pair)) : null;
    };
    return [name, follow];
  });
}

function complete([left, right]: readonly [number | null, number | null]): Pair | null {
  return left === null || right === null ? null : [left, right];
}

function checked(correlations: Correlations): readonly (readonly [name: string, CorrelationOf])[] {
  const takes = "an object of pairs, such as { both: { of: ['a', 'b'], length: 12 } }";
  const all = checkNamed('correlations', correlations, takes);
  for (const [name, one] of all) {
    const [left, right] = Array.isArray(one?.of) ? one.of : [];
    if (typeof left !== 'string' || typeof right !== 'string' || left === right) {
      const got = one?.of === undefined ? one : describe(one.of);
      throw new InvalidOptionError(`correlations.${name}.of`, got, 'the names of two different series');
    }
  }
  return all;
}
