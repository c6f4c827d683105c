import type { ModeRun } from '../benchRun.ts';
import type { SeriesPoint } from '../measuring/recorder.ts';
import { median } from '../median.ts';
import type { Figure } from '../report.ts';
import { steadyBuses } from './steadyBuses.ts';
import { countFigures, namedLatencies } from './steadyFigures.ts';

const NAME = 'soak';
const MIB = 1024 * 1024;

/** A steady rate for long: does memory grow? */
export const soak: ModeRun = async function* (run) {
  const { rate, durationMs } = run.options;
  const figures = await steadyBuses(run, { title: NAME, durationMs, priority: 'normal' });
  yield {
    title: 'Soak',
    how: `${rate.toLocaleString('en-US')} messages a second for as long as told. Memory is the median over a tenth of the time: of the second tenth, and of the last.`,
    figures: [
      ...memoryFigures('heap', figures.series, ({ heapBytes }) => heapBytes),
      ...memoryFigures('RSS', figures.series, ({ rssBytes }) => rssBytes),
      ...countFigures(NAME, figures),
    ],
    latencies: namedLatencies(NAME, figures),
    series: [{ name: NAME, points: figures.series }],
  };
};

function memoryFigures(
  name: string,
  series: readonly SeriesPoint[],
  bytes: (point: SeriesPoint) => number,
): readonly Figure[] {
  const tenth = Math.ceil(series.length / 10);
  if (series.length < 3) return [];
  const early = median(series.slice(tenth, 2 * tenth).map(bytes));
  const late = median(series.slice(-tenth).map(bytes));
  return [
    { name: `${name} after the first tenth`, value: early / MIB, unit: 'MiB' },
    { name: `${name} at the end`, value: late / MIB, unit: 'MiB' },
    { name: `${name}, end against first tenth`, value: late / early, unit: '×' },
  ];
}
