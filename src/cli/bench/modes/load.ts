import type { BenchRun } from '../benchRun.ts';
import { type SteadyFigures, steadyRate } from '../measuring/steadyRate.ts';
import type { Figure, Section } from '../report.ts';
import { countFigures, namedLatencies } from './steadyFigures.ts';

const NAME = 'load';

/** Many producers and consumers at once, at a steady rate. */
export async function* load({ options, place, signal, watch }: BenchRun): AsyncIterable<Section> {
  const { rate, durationMs, payloadBytes, producers, consumers } = options;
  const figures = await place.at(async (site) =>
    steadyRate({
      producers: await site.buses(producers),
      consumers: await site.buses(consumers),
      perSecond: rate,
      durationMs,
      payloadBytes,
      priority: 'normal',
      signal,
      onSample: watch(NAME, durationMs),
    }),
  );
  yield {
    title: 'Load',
    how: `${producers} producers send ${rate.toLocaleString('en-US')} messages a second together; ${consumers} consumers of one group share the work. Each is a bus of its own.`,
    figures: [...countFigures(NAME, figures), ...shares(figures)],
    latencies: namedLatencies(NAME, figures),
    series: [{ name: NAME, points: figures.series }],
  };
}

/** How evenly the work was shared. */
function shares({ shares, handled }: SteadyFigures): readonly Figure[] {
  if (shares.length < 2 || handled === 0) return [];
  const percent = (count: number) => (100 * count) / handled;
  return [
    { name: 'the smallest share of a consumer', value: percent(Math.min(...shares)), unit: '%' },
    { name: 'the largest share of a consumer', value: percent(Math.max(...shares)), unit: '%' },
  ];
}
