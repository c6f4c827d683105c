import type { Result } from '../../bench/measure.ts';

/** What a comparison found, for tests of how it is told. */
export const RESULT: Result = {
  name: 'publish',
  unit: 'msg/s',
  better: 'higher',
  ours: 195_000,
  baseline: 150_000,
  baselineName: 'a loop',
  ratio: 1.3,
  runs: [],
};
