import type { Bus } from '../../../bus/bus.ts';
import type { ModeRun } from '../benchRun.ts';
import { type FullSpeedFigures, type FullSpeedSetup, fullSpeed } from '../measuring/fullSpeed.ts';
import type { Figure } from '../report.ts';

/** What is published without being consumed is bounded: it has to fit into the store. */
const MOST_PUBLISHED = 1_000_000;
const MOST_PUBLISHED_BYTES = 256 * 1024 * 1024;
const OVERHEAD_BYTES = 100;

/** As fast as it goes: publishing, consuming what is there, both at once. */
export const throughput: ModeRun = async function* (run) {
  const { payloadBytes, durationMs, producers, consumers } = run.options;
  const phase = { payloadBytes, durationMs: durationMs / 3, signal: run.signal };
  const count = Math.floor(Math.min(MOST_PUBLISHED, MOST_PUBLISHED_BYTES / (payloadBytes + OVERHEAD_BYTES)));
  const measured: (readonly [string, FullSpeedFigures])[] = [];
  const measure = async (title: string, own: Omit<FullSpeedSetup, keyof typeof phase | 'onSample'>) => {
    const figures = await fullSpeed({ ...phase, ...own, onSample: run.watch(title, phase.durationMs) });
    measured.push([title, figures]);
    return figures;
  };
  await run.place.at(async (site) => {
    const published = await measure('publish', { producers: await site.buses(producers), consumers: [], count });
    if (run.signal.aborted) return;
    await measure('consume', { producers: [], consumers: await site.buses(consumers), count: published.sent });
  });
  if (!run.signal.aborted) {
    await run.place.at(async (site) => {
      const buses: { producers: readonly Bus[]; consumers: readonly Bus[] } = {
        producers: await site.buses(producers),
        consumers: await site.buses(consumers),
      };
      await measure('publish and consume at once', buses);
    });
  }
  yield {
    title: 'Throughput',
    how: `As fast as it goes, payloads of ${payloadBytes} bytes, each message confirmed by the store, handled and acknowledged.`,
    figures: measured.map(([name, figures]) => rate(name, figures)),
    series: measured.map(([name, { series }]) => ({ name, points: series })),
  };
};

function rate(name: string, { sentPerSecond, handledPerSecond, handled }: FullSpeedFigures): Figure {
  return { name, value: handled > 0 ? handledPerSecond : sentPerSecond, unit: 'msg/s' };
}
