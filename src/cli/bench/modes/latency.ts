import type { BenchRun } from '../benchRun.ts';
import { Saturation } from '../measuring/saturation.ts';
import { type SteadyFigures, steadyRate } from '../measuring/steadyRate.ts';
import type { Section } from '../report.ts';
import { countFigures, namedLatencies } from './steadyFigures.ts';

const IDLE = 'idle bus';
const LOADED = 'low tier saturated';

/** Critical messages at a steady rate: alone, then past a low tier that is always full. */
export async function* latency(run: BenchRun): AsyncIterable<Section> {
  const durationMs = run.options.durationMs / 2;
  const idle = await critical(run, IDLE, durationMs, false);
  const loaded = run.signal.aborted ? undefined : await critical(run, LOADED, durationMs, true);
  const measured = [[IDLE, idle] as const, ...(loaded ? [[LOADED, loaded] as const] : [])];
  yield {
    title: 'Latency of critical messages',
    how: `${run.options.rate.toLocaleString('en-US')} critical messages a second, each counted from the time it was due until its handler has it.`,
    figures: measured.flatMap(([name, figures]) => [
      ...countFigures(name, figures),
      ...(figures.company > 0
        ? [{ name: `${name}: low messages meanwhile`, value: figures.company, unit: 'msg/s' }]
        : []),
    ]),
    latencies: measured.flatMap(([name, figures]) => namedLatencies(name, figures)),
    series: measured.map(([name, { series }]) => ({ name, points: series })),
  };
}

function critical(
  { options, place, signal, watch }: BenchRun,
  name: string,
  durationMs: number,
  saturated: boolean,
): Promise<SteadyFigures & { readonly company: number }> {
  const { rate, payloadBytes } = options;
  return place.at(async (site) => {
    const producers = await site.buses(options.producers);
    const consumers = await site.buses(options.consumers);
    const company = saturated ? new Saturation(await site.bus(), payloadBytes) : undefined;
    const onSample = watch(`latency, ${name}`, durationMs);
    const began = performance.now();
    company?.start();
    const figures = await steadyRate({
      producers,
      consumers,
      perSecond: rate,
      durationMs,
      payloadBytes,
      priority: 'critical',
      signal,
      onSample,
      ...(company && { company }),
    });
    const low = (await company?.stop()) ?? 0;
    return { ...figures, company: low / ((performance.now() - began) / 1_000) };
  });
}
