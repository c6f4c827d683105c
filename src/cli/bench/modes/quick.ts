import type { ModeRun } from '../benchRun.ts';
import { type GrowthRange, growthWithin } from './growth.ts';
import { latency } from './latency.ts';
import { patterns } from './patterns.ts';
import { throughput } from './throughput.ts';

const RANGE: GrowthRange = {
  messages: 5_000,
  runs: 3,
  upTo: { backlog: 100_000, payload: 16_384, streams: 100, consumers: 20 },
};

/** A bit of everything. */
export const quick: ModeRun = async function* (run) {
  const parts = [throughput, latency, patterns];
  const part = { ...run, options: { ...run.options, durationMs: run.options.durationMs / parts.length } };
  for (const measure of parts) {
    yield* measure(part);
    if (run.signal.aborted) return;
  }
  // Told to be brief, it is so here as well.
  const messages = Math.min(RANGE.messages, Math.ceil(run.options.durationMs / 2));
  yield* growthWithin(run, { ...RANGE, messages });
};
