import type { BenchRun } from '../benchRun.ts';
import type { SeriesPoint } from '../measuring/recorder.ts';
import { steadyRate } from '../measuring/steadyRate.ts';
import { median } from '../median.ts';
import type { Figure, Section } from '../report.ts';
import { countFigures, namedLatencies } from './steadyFigures.ts';

const NAME = 'soak';
const MIB = 1024 * 1024;

/** A steady rate for long: does memory grow? */
export async function* soak({ options, place, signal, watch }: BenchRun): AsyncIterable<Section> {
  const { rate, durationMs, payloadBytes } = options;
  const figures = await place.at(async (site) =>
    steadyRate({
      producers: await site.buses(options.producers),
      consumers: await site.buses(options.consumers),
      perSecond: rate,
      durationMs,
      payloadBytes,
      priority: 'normal',
      signal,
      onSample: watch(NAME, durationMs),
    }),
  );
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
}

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
