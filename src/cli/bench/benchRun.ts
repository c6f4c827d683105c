import type { SeriesPoint } from './measuring/recorder.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import type { Section } from './report.ts';

/** What a mode works with. */
export interface BenchRun {
  readonly options: BenchOptions;
  readonly place: Place;
  /** Aborted where the run is to end early: what is under way then ends with what it has. */
  readonly signal: AbortSignal;
  /** Says what is measured now, and for how long; what it gives is told of each stretch. */
  readonly watch: (title: string, durationMs: number) => (point: SeriesPoint) => void;
}

/** Measures, a section after the other. */
export type ModeRun = (run: BenchRun) => AsyncIterable<Section>;
