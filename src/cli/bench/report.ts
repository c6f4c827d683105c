import type { LatencyFigures } from './measuring/latencyHistogram.ts';
import type { SeriesPoint } from './measuring/recorder.ts';

/** Everything a run measured, as the JSON file has it. */
export interface BenchReport {
  readonly title: string;
  /** The version of Sluice. */
  readonly version: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Whether it was ended early, so that some of it may be missing. */
  readonly interrupted: boolean;
  readonly settings: BenchSettings;
  readonly machine: Machine;
  readonly sections: readonly Section[];
  /** What the buses had to tell meanwhile, by code. */
  readonly notices: readonly NoticeCount[];
}

/** The options, the store without its password. */
export type BenchSettings = Readonly<Record<string, string | number>> & { readonly mode: string };

export type Machine = Readonly<Record<string, string | number>>;

export interface NoticeCount {
  readonly code: string;
  readonly count: number;
  /** The first of them. */
  readonly message: string;
}

/** One measurement. */
export interface Section {
  readonly title: string;
  /** How it was measured, in a sentence or two. */
  readonly how: string;
  readonly figures: readonly Figure[];
  readonly latencies?: readonly NamedLatency[];
  readonly series?: readonly NamedSeries[];
  readonly table?: Table;
  readonly growth?: readonly Growth[];
  /** Plots beside those that follow from the rest. */
  readonly plots?: readonly Plot[];
}

/** Lines over an axis, for the page. */
export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
}

export interface Axis {
  readonly label: string;
  /** `rest`: one in so many is slower, told as a percentile. @default 'linear' */
  readonly scale?: 'linear' | 'log' | 'rest';
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** Lines with one number have one colour. @default a colour of its own */
  readonly hue?: number;
  /** How it is drawn. @default 'line' */
  readonly style?: 'line' | 'dashed' | 'dots' | 'steps';
}

export interface Figure {
  readonly name: string;
  readonly value: number | string;
  readonly unit?: string;
}

export interface NamedLatency {
  readonly name: string;
  readonly figures: LatencyFigures;
  /** Whether it is how late the generator sent, and no latency of messages. */
  readonly generator?: boolean;
}

export interface NamedSeries {
  readonly name: string;
  readonly points: readonly SeriesPoint[];
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What one message costs as something grows. */
export interface Growth {
  /** What grows: `backlog`. */
  readonly of: string;
  readonly unit: string;
  readonly points: readonly GrowthPoint[];
}

export interface GrowthPoint {
  readonly at: number;
  readonly microseconds: number;
}
