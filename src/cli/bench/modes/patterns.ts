import type { BenchRun, ModeRun } from '../benchRun.ts';
import { fullSpeed } from '../measuring/fullSpeed.ts';
import { USES, type Use } from './uses.ts';

/** The ways to use it, one after the other, each as fast as it goes. */
export const patterns: ModeRun = async function* (run) {
  const rows: (readonly [string, number, number])[] = [];
  for (const use of USES) {
    if (run.signal.aborted) break;
    const perSecond = await measure(run, use, run.options.durationMs / USES.length);
    rows.push([use.name, perSecond, 1_000_000 / perSecond]);
  }
  yield {
    title: 'Patterns',
    how: `Each as fast as it goes, payloads of ${run.options.payloadBytes} bytes. Where a message is handled more than once, each handling counts.`,
    figures: [],
    table: { columns: ['pattern', 'msg/s', 'µs each'], rows },
  };
};

async function measure({ options, place, signal, watch }: BenchRun, use: Use, durationMs: number): Promise<number> {
  return place.at(async (site) => {
    const bus = await site.bus();
    const onSample = watch(use.name, durationMs);
    if (use.perSecond) return use.perSecond({ bus, durationMs, payloadBytes: options.payloadBytes, signal });
    const { handledPerSecond } = await fullSpeed({
      producers: [bus],
      consumers: await site.buses(use.consumers ?? 1),
      durationMs,
      payloadBytes: options.payloadBytes,
      signal,
      onSample,
      ...use.setup?.(options.payloadBytes),
    });
    return handledPerSecond;
  });
}
