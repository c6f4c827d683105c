import type { ModeRun } from '../benchRun.ts';
import { type SteadyBusesFigures, steadyBuses } from './steadyBuses.ts';
import { countFigures, namedLatencies } from './steadyFigures.ts';

const IDLE = 'idle bus';
const LOADED = 'low tier saturated';

/** Critical messages at a steady rate: alone, then past a low tier that is always full. */
export const latency: ModeRun = async function* (run) {
  const common = { durationMs: run.options.durationMs / 2, priority: 'critical' } as const;
  const measured: (readonly [string, SteadyBusesFigures])[] = [];
  measured.push([IDLE, await steadyBuses(run, { ...common, title: `latency, ${IDLE}` })]);
  if (!run.signal.aborted) {
    measured.push([LOADED, await steadyBuses(run, { ...common, title: `latency, ${LOADED}`, saturated: true })]);
  }
  yield {
    title: 'Latency of critical messages',
    how: `${run.options.rate.toLocaleString('en-US')} critical messages a second, each counted from the time it was due until its handler has it.`,
    figures: measured.flatMap(([name, figures]) => [
      ...countFigures(name, figures),
      ...(figures.lowPerSecond > 0
        ? [{ name: `${name}: low messages meanwhile`, value: figures.lowPerSecond, unit: 'msg/s' }]
        : []),
    ]),
    latencies: measured.flatMap(([name, figures]) => namedLatencies(name, figures)),
    series: measured.map(([name, { series }]) => ({ name, points: series })),
  };
};
