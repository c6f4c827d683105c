import { describe } from '../core/errors.ts';
import { type Period, periodOf } from '../core/period.ts';
import { ObservationError } from './observationError.ts';

/** One value of one series. */
export interface Observation {
  /** Names the series: `provider/dataset/series`, a ticker. */
  readonly series: string;
  /** `2014`, `2014-S1`, `2014-Q1`, `2014-B1`, `2014-01`, `2014-W01`, `2014-01-31`, or an instant `2014-01-31T09:30:00Z`. */
  readonly period: string;
  /** In the unit of the series; null where the period has none (NA). */
  readonly value: number | null;
}

/** An observation that can be reckoned with. */
export interface Reading {
  readonly series: string;
  readonly period: Period;
  readonly value: number | null;
}

/** Beyond this, squares and products leave the range of a double. */
const LARGEST = 1e140;

/** @throws {ObservationError} if it is none */
export function readingOf(observation: Observation): Reading {
  if (typeof observation !== 'object' || observation === null) {
    throw new ObservationError(`the data are ${describe(observation)}: ${WANTED}`);
  }
  const { series, period: text, value } = observation;
  if (typeof series !== 'string' || series === '') {
    throw new ObservationError(`series is ${describe(series)}: ${WANTED}`);
  }
  const period = typeof text === 'string' ? periodOf(text) : undefined;
  if (!period) throw new ObservationError(`period is ${describe(text)}, of series ${describe(series)}: ${PERIODS}`);
  if (value !== null && !(typeof value === 'number' && Math.abs(value) <= LARGEST)) {
    throw new ObservationError(`value is ${describe(value)}, of series ${describe(series)} in ${text}: ${VALUES}`);
  }
  return { series, period, value };
}

const WANTED = 'an observation has a series (a text that is not empty), a period and a value';
const PERIODS =
  "it takes '2014', '2014-S1', '2014-Q1', '2014-B1', '2014-01', '2014-W01', '2014-01-31' or '2014-01-31T09:30:00Z'";
const VALUES = 'it takes a number within ±1e140, or null where there is none';
