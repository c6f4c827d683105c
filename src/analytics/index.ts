export { type Frequency, type Period, periodOf } from '../core/period.ts';
export { analyse } from './analyse.ts';
export { analyseObservations } from './analyseObservations.ts';
export { type Analysed, type AnalyseOptions, analyser, type Indicators } from './analyser.ts';
export { type Bands, type BollingerOptions, bollinger } from './bollinger.ts';
export type { ChangeOptions } from './change.ts';
export { changeOnPeriod } from './changeOnPeriod.ts';
export { changeOnYear } from './changeOnYear.ts';
export { correlate } from './correlate.ts';
export { correlateObservations } from './correlateObservations.ts';
export { correlation, type Pair } from './correlation.ts';
export {
  type Correlated,
  type CorrelateOptions,
  type CorrelationOf,
  type Correlations,
  correlator,
} from './correlator.ts';
export { type Drawdown, drawdown } from './drawdown.ts';
export { ema } from './ema.ts';
export { FrequencyMismatchError } from './frequencyMismatchError.ts';
export { indicate } from './indicate.ts';
export { type Indicator, type IndicatorOf, indicator } from './indicator.ts';
export type { HistoryOptions, ObserveOptions } from './keeping.ts';
export { LatePeriodError } from './latePeriodError.ts';
export { type Macd, type MacdOptions, macd } from './macd.ts';
export type { Observation } from './observation.ts';
export { ObservationError } from './observationError.ts';
export { type RsiOptions, rsi } from './rsi.ts';
export { type LengthOptions, sma } from './sma.ts';
export type { Spread } from './spread.ts';
export type { Results } from './together.ts';
export { type VolatilityOptions, volatility } from './volatility.ts';
export { wma } from './wma.ts';
export { type ZScoreOptions, zScore } from './zScore.ts';
