import { Redis } from 'ioredis';
import type { Scenario, Setting, Side, Target } from './scenario.ts';

/** A comparison's figures: medians over the runs. */
export interface Result {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly baseline: number;
  readonly baselineName: string;
  /** The median of the ratios of each pair of runs: ours / baseline. */
  readonly ratio: number;
  /** What the ratio should be. */
  readonly target?: Target;
  readonly runs: readonly { readonly ours: number; readonly baseline: number }[];
}

export interface MeasureOptions extends Setting {
  /** How often each side runs; the sides take turns, and a round to warm up goes before. */
  readonly runs: number;
  /** Told of each run. */
  readonly progress: (text: string) => void;
}

/** Runs both sides of a scenario in turn. */
export async function measure(scenario: Scenario, options: MeasureOptions): Promise<Result> {
  const messages = Math.round(options.messages * (scenario.scale ?? 1));
  const setting = { ...options, messages };
  const runs: { ours: number; baseline: number }[] = [];
  for (let round = 0; round <= options.runs; round++) {
    const baseline = await rate(() => scenario.baseline(setting), scenario, setting);
    const ours = await rate(() => scenario.ours(setting), scenario, setting);
    options.progress(`${scenario.name}: ${round === 0 ? 'warm-up' : `run ${round} of ${options.runs}`}`);
    if (round > 0) runs.push({ ours, baseline });
  }
  return {
    name: scenario.name,
    unit: scenario.unit,
    ours: Math.round(median(runs.map((run) => run.ours))),
    baseline: Math.round(median(runs.map((run) => run.baseline))),
    baselineName: scenario.baselineName,
    ratio: Number(median(runs.map((run) => run.ours / run.baseline)).toFixed(3)),
    ...(scenario.target && { target: scenario.target }),
    runs: runs.map((run) => ({ ours: Math.round(run.ours), baseline: Math.round(run.baseline) })),
  };
}

/** What one side finds: messages a second, unless it says something else. Prepared anew on an empty server. */
async function rate(
  prepare: () => Promise<Side>,
  scenario: Scenario,
  { redisUrl, messages }: Setting,
): Promise<number> {
  if (scenario.redis) await flush(redisUrl);
  const side = await prepare();
  try {
    globalThis.gc?.();
    const began = performance.now();
    const finding = await side.run();
    return finding?.figure ?? messages / ((performance.now() - began) / 1_000);
  } finally {
    await side.close();
  }
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushall();
  redis.disconnect();
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
