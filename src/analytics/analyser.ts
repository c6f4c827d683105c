import { InvalidOptionError } from '../core/errors.ts';
import { checkCount } from '../operators/checkCount.ts';
import { checkNamed } from './checkNamed.ts';
import type { Indicator } from './indicator.ts';
import { checkHistory, type HistoryOptions, type ObserveOptions, observerOf } from './keeping.ts';
import { noticeOnce } from './noticeOnce.ts';
import { type Observation, readingOf } from './observation.ts';
import { RecentSeries } from './recentSeries.ts';
import { RevisableSeries } from './revisableSeries.ts';
import { type Results, together } from './together.ts';

/** Indicators, each by the name that its result is to have. */
export type Indicators = Readonly<Record<string, Indicator<unknown>>>;

/** The data, and what each indicator gives; null where it gives nothing. */
export type Analysed<T, I> = T & Results<I>;

export interface AnalyseOptions extends HistoryOptions {
  /** How many series are kept; beyond it the one that was used longest ago is forgotten. @default 10_000 */
  readonly maxSeries?: number;
}

/**
 * Makes a function that adds to each observation what indicators give of its series so far. Its state is its own: use it
 * with `mapData` or `map`, where indicators are to go on after a pipeline was restarted. `analyse` makes a new one for each
 * subscription.
 *
 * Each series is computed by itself, in order of its periods. What comes again with the same value has its result again,
 * and counts once. A revised value, or one that comes late, among the last `history` periods, takes its place, and those
 * after it are computed anew; of those only the one that came is given. Memory: of each of at most `maxSeries` series the
 * states of the indicators, twice, and `history` values with their results; a series that was forgotten starts anew, which
 * a `SluiceWarning` (`SERIES_FORGOTTEN`) tells once.
 *
 * The function throws, and stays what it was: an `ObservationError` at what is no observation, a `LatePeriodError` at a
 * period before those it keeps, a `FrequencyMismatchError` at a series whose periods are of two kinds.
 *
 * @example
 * const onYear = analyser({ onYear: changeOnYear() });
 * bus.from('observations.*', { group: 'desk' }).pipe(validate(Observation), mapData(onYear), handle(store));
 *
 * @throws {InvalidOptionError} if indicators are none or badly named, or an option makes no sense
 */
export function analyser<T extends Observation, I extends Indicators>(
  indicators: I,
  options?: AnalyseOptions,
): (data: T) => Analysed<T, I>;
export function analyser<T, I extends Indicators>(
  indicators: I,
  options: AnalyseOptions & ObserveOptions<T>,
): (data: T) => Analysed<T, I>;
export function analyser<T, I extends Indicators>(
  indicators: I,
  options: AnalyseOptions & Partial<ObserveOptions<T>> = {},
): (data: T) => Analysed<T, I> {
  const { maxSeries = 10_000 } = options;
  checkIndicators(indicators);
  checkCount('maxSeries', maxSeries);
  const history = checkHistory(options);
  const observe = observerOf(options);
  const indicator = together(indicators);
  const all = new RecentSeries(
    maxSeries,
    (name) => new RevisableSeries(name, indicator, history),
    noticeOnce({
      level: 'warn',
      code: 'SERIES_FORGOTTEN',
      message: `more than ${maxSeries} series are analysed: those used longest ago are forgotten and start anew; raise \`maxSeries\``,
    }),
  );
  return (data) => {
    const { series, period, value } = readingOf(observe(data));
    return { ...data, ...all.of(series).next(period, value) } as Analysed<T, I>;
  };
}

/** @throws {InvalidOptionError} unless they are indicators under names of their own */
function checkIndicators(indicators: Indicators): void {
  const all = checkNamed('indicators', indicators, 'an object of indicators, such as { trend: sma({ length: 12 }) }');
  for (const [name, indicator] of all) {
    if (typeof indicator?.step !== 'function') {
      throw new InvalidOptionError(`indicators.${name}`, indicator, 'an indicator, such as sma({ length: 12 })');
    }
  }
}
