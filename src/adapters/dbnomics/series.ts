import type { CalendarFrequency } from '../../core/period.ts';
import type { ObservationValue } from './observationValue.ts';

/** One period of a series. Value in the unit of its series. */
export interface Observation extends ObservationValue {
  /** As DBnomics writes it: `2014`, `2014-Q1`, `2014-W01`, … */
  readonly period: string;
  /** The period's first day, `YYYY-MM-DD`. */
  readonly startDay: string;
  /** What the provider says of it, by name: `{ OBS_STATUS: 'e' }`. Only what is not empty. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A series, with its observations if they were asked for. */
export interface Series {
  /** `provider/dataset/series`. */
  readonly id: string;
  readonly providerCode: string;
  readonly datasetCode: string;
  readonly datasetName: string | undefined;
  readonly seriesCode: string;
  readonly seriesName: string | undefined;
  /** Undefined if DBnomics names one that is none of these, or none. */
  readonly frequency: CalendarFrequency | undefined;
  /** Code of the value by code of the dimension. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** When DBnomics last took it over from its provider, ISO 8601: how fresh it can be. */
  readonly indexedAt: string | undefined;
  /** In order of period. Empty unless asked for. */
  readonly observations: readonly Observation[];
}

/** An observation with the series that it is of. */
export interface SeriesObservation extends Observation {
  readonly seriesId: string;
  readonly frequency: CalendarFrequency | undefined;
  readonly indexedAt: string | undefined;
}
