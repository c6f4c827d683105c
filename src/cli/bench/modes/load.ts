import type { ModeRun } from '../benchRun.ts';
import type { SteadyFigures } from '../measuring/steadyRate.ts';
import type { Figure } from '../report.ts';
import { steadyBuses } from './steadyBuses.ts';
import { countFigures, namedLatencies } from './steadyFigures.ts';

const NAME = 'load';

/** Many producers and consumers at once, at a steady rate. */
export const load: ModeRun = async function* (run) {
  const { rate, durationMs, producers, consumers } = run.options;
  const figures = await steadyBuses(run, { title: NAME, durationMs, priority: 'normal' });
  yield {
    title: 'Load',
    how: `${producers} producers send ${rate.toLocaleString('en-US')} messages a second together; ${consumers} consumers of one group share the work. Each is a bus of its own.`,
    figures: [...countFigures(NAME, figures), ...shares(figures)],
    latencies: namedLatencies(NAME, figures),
    series: [{ name: NAME, points: figures.series }],
  };
};

/** How evenly the work was shared. */
function shares({ shares, handled }: SteadyFigures): readonly Figure[] {
  if (shares.length < 2 || handled === 0) return [];
  const percent = (count: number) => (100 * count) / handled;
  return [
    { name: 'the smallest share of a consumer', value: percent(Math.min(...shares)), unit: '%' },
    { name: 'the largest share of a consumer', value: percent(Math.max(...shares)), unit: '%' },
  ];
}
