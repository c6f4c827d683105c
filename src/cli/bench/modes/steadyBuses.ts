import type { Bus } from '../../../bus/bus.ts';
import type { PresetOverrides } from '../../../bus/presets.ts';
import type { Priority } from '../../../core/priority.ts';
import type { BenchRun } from '../benchRun.ts';
import { consume } from '../measuring/consume.ts';
import { Saturation } from '../measuring/saturation.ts';
import { type SteadyFigures, steadyRate } from '../measuring/steadyRate.ts';
import { TOPIC, workOf } from '../measuring/work.ts';

export interface SteadyBusesSetup {
  /** What progress calls it. */
  readonly title: string;
  /** @default the run's */
  readonly perSecond?: number;
  readonly durationMs: number;
  readonly priority: Priority;
  /** Keeps the low tier full meanwhile. @default false */
  readonly saturated?: boolean;
}

export interface SteadyBusesFigures extends SteadyFigures {
  /** How many messages of the low tier were handled meanwhile, a second. */
  readonly lowPerSecond: number;
}

/** Its small calls must not wait for company. */
const SATURATING: PresetOverrides = { publish: { linger: 0 } };

/** Measures a steady rate on buses of their own: the run's producers take turns, its consumers are one group. */
export function steadyBuses(
  { options, place, signal, watch }: BenchRun,
  setup: SteadyBusesSetup,
): Promise<SteadyBusesFigures> {
  const { title, perSecond = options.rate, durationMs, priority, saturated = false } = setup;
  const work = workOf(options.payloadBytes);
  return place.at(async (site) => {
    const producers = await site.buses(options.producers);
    const consumers = await site.buses(options.consumers);
    const company = saturated ? new Saturation(await site.bus(SATURATING), options.payloadBytes) : undefined;
    const fromMs = performance.now();
    company?.start();
    const figures = await steadyRate({
      perSecond,
      durationMs,
      send: (n) => (producers[n % producers.length] as Bus).publish(TOPIC, work(n), { priority }),
      readers: consumers.map((bus) => (consumer) => consume(bus, consumer)),
      signal,
      onSample: watch(title, durationMs),
      ...(company && { company }),
    });
    const low = (await company?.stop()) ?? 0;
    return { ...figures, lowPerSecond: low / ((performance.now() - fromMs) / 1_000) };
  });
}
