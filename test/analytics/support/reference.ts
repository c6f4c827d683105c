import { readFileSync } from 'node:fs';
import {
  bollinger,
  changeOnPeriod,
  changeOnYear,
  drawdown,
  ema,
  type Indicator,
  macd,
  rsi,
  sma,
  volatility,
  wma,
  zScore,
} from '../../../src/analytics/index.ts';

/** A result of a reference: a number, several by name, or none. */
export type Expected = number | null | Readonly<Record<string, number | null>>;

/** What `reference/compute.py` computed of some values. */
export interface Reference<V = number> {
  readonly name: string;
  readonly periods?: readonly string[];
  readonly values: readonly (V | null)[];
  readonly results: Readonly<Record<string, readonly Expected[]>>;
}

export interface LongReference {
  readonly count: number;
  readonly last: number;
  readonly results: Readonly<Record<string, Expected>>;
}

export function loadReference<T>(name: 'made' | 'recorded' | 'pairs' | 'long'): T {
  return JSON.parse(readFileSync(new URL(`../reference/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** The indicators, by the names that the references have for them. */
export const INDICATORS: Readonly<Record<string, Indicator<Expected>>> = {
  'sma(1)': sma({ length: 1 }),
  'sma(5)': sma({ length: 5 }),
  'wma(5)': wma({ length: 5 }),
  'ema(5)': ema({ length: 5 }),
  'ema(12)': ema({ length: 12 }),
  'rsi(5)': rsi({ length: 5 }),
  'rsi(14)': rsi(),
  'macd(3, 6, 4)': macd({ fast: 3, slow: 6, signal: 4 }) as Indicator<never>,
  'macd(12, 26, 9)': macd() as Indicator<never>,
  'bollinger(20, 2)': bollinger() as Indicator<never>,
  'bollinger(5, 1.5)': bollinger({ length: 5, deviations: 1.5 }) as Indicator<never>,
  'volatility(5, 12)': volatility({ length: 5, periodsPerYear: 12 }),
  'volatility(20, 252)': volatility({ length: 20, periodsPerYear: 252 }),
  drawdown: drawdown() as Indicator<never>,
  'zScore(5)': zScore({ length: 5 }),
  'zScore(12, population)': zScore({ length: 12, spread: 'population' }),
  'changeOnYear(percent)': changeOnYear(),
  'changeOnYear(difference)': changeOnYear({ as: 'difference' }),
  'changeOnPeriod(percent)': changeOnPeriod(),
  'changeOnPeriod(difference)': changeOnPeriod({ as: 'difference' }),
};
