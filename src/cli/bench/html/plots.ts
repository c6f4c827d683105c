import type { SeriesPoint } from '../measuring/recorder.ts';
import type { Axis, Growth, Line, NamedLatency, NamedSeries, Plot, Section } from '../report.ts';

const TIME: Axis = { label: 'seconds' };
const MS: Axis = { label: 'ms', scale: 'log' };
const MIB = 1024 * 1024;

/** What there is to draw of a section. */
export function plotsOf({ latencies = [], series = [], growth = [], plots = [] }: Section): readonly Plot[] {
  const ofMessages = latencies.filter(({ generator }) => !generator);
  return [
    ...plots,
    ...(ofMessages.length > 0 ? [percentiles(ofMessages), histogram(ofMessages)] : []),
    ...overTime(series),
    ...growth.map(costs),
  ].filter(({ lines }) => lines.some(({ points }) => points.length > 1));
}

function percentiles(latencies: readonly NamedLatency[]): Plot {
  return {
    title: 'Latency by percentile',
    x: { label: 'percentile', scale: 'rest' },
    y: MS,
    lines: latencies.map(({ name, figures }) => ({
      name,
      // The longest has no percentile of its own on such an axis: it stands where one in all of them is.
      points: figures.curve.map(([percent, ms]) => [percent === 100 ? figures.count : 100 / (100 - percent), ms]),
    })),
  };
}

function histogram(latencies: readonly NamedLatency[]): Plot {
  return {
    title: 'Messages by latency',
    x: { label: 'ms', scale: 'log' },
    y: { label: 'messages' },
    lines: latencies.map(({ name, figures }) => ({
      name,
      style: 'steps',
      points: figures.buckets.flatMap(({ fromMs, toMs, count }, i, all) =>
        all[i + 1]?.fromMs === toMs ? [[fromMs, count] as const] : [[fromMs, count] as const, [toMs, 0] as const],
      ),
    })),
  };
}

function overTime(series: readonly NamedSeries[]): readonly Plot[] {
  if (series.length === 0) return [];
  const line = (what: string, value: (point: SeriesPoint) => number | null, style?: Line['style']): readonly Line[] =>
    series.map(({ name, points }, hue) => ({
      name: series.length > 1 ? `${name}, ${what}` : what,
      ...(series.length > 1 && { hue }),
      points: points.map((point) => [point.atMs / 1_000, value(point)]),
      ...(style && { style }),
    }));
  const latency = [...line('p50', (point) => point.p50Ms, 'dashed'), ...line('p99', (point) => point.p99Ms)];
  const timed = latency.filter(({ points }) => points.some(([, ms]) => ms !== null));
  return [
    {
      title: 'Throughput over time',
      x: TIME,
      y: { label: 'messages a second' },
      lines: series.map(({ name, points }) => ({
        name,
        points: points.map((point) => [point.atMs / 1_000, point.handledPerSecond || point.sentPerSecond]),
      })),
    },
    { title: 'Latency over time', x: TIME, y: MS, lines: timed },
    {
      title: 'Memory over time',
      x: TIME,
      y: { label: 'MiB' },
      lines: [
        ...line('heap', ({ heapBytes }) => heapBytes / MIB),
        ...line('RSS', ({ rssBytes }) => rssBytes / MIB, 'dashed'),
      ],
    },
  ];
}

function costs({ of, unit, points }: Growth): Plot {
  const [first] = points;
  const linear = points.map(({ at }) => [at, ((first?.microseconds ?? 0) * at) / (first?.at ?? 1)] as const);
  return {
    title: `Cost of a message as the ${of} ${of.endsWith('s') ? 'grow' : 'grows'}`,
    x: { label: unit, scale: 'log' },
    y: { label: 'µs a message', scale: 'log' },
    lines: [
      { name: 'measured', style: 'dots', points: points.map(({ at, microseconds }) => [at, microseconds]) },
      { name: 'in proportion', style: 'dashed', points: linear },
    ],
  };
}
