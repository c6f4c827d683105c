import { Redis } from 'ioredis';
import { median } from '../src/cli/bench/median.ts';
import type { Growth } from '../src/cli/bench/report.ts';
import type { Finding, Scenario, Setting, Side, Target } from './scenario.ts';

/** A comparison's figures: medians over the runs. */
export interface Result {
  readonly name: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly ours: number;
  readonly baseline: number;
  readonly baselineName: string;
  /** The median of the ratios of each pair of runs: ours / baseline. */
  readonly ratio: number;
  /** What the ratio should be, and whether it is. */
  readonly target?: Target;
  readonly met?: boolean;
  readonly note?: string;
  readonly extra?: Readonly<Record<string, number>>;
  /** Of the last run. */
  readonly growth?: Growth;
  readonly runs: readonly Pair[];
}

/** One turn of both sides. */
export interface Pair {
  readonly ours: number;
  readonly baseline: number;
}

export interface MeasureOptions extends Setting {
  /** How often each side runs; the sides take turns, and a round to warm up goes before. */
  readonly runs: number;
  /** Told of each run. */
  readonly progress: (text: string) => void;
}

/** Runs both sides of a scenario in turn. */
export async function measure(scenario: Scenario, options: MeasureOptions): Promise<Result> {
  const setting = { ...options, messages: Math.ceil(options.messages * (scenario.scale ?? 1)) };
  const runs = Math.min(options.runs, scenario.mostRuns ?? options.runs);
  const pairs: Pair[] = [];
  const extras: Finding['extra'][] = [];
  let growth: Growth | undefined;
  for (let round = scenario.mostRuns === 1 ? 1 : 0; round <= runs; round++) {
    options.progress(`${scenario.name}: ${round === 0 ? 'warm-up' : `run ${round} of ${runs}`}`);
    const baseline = scenario.baseline && (await found(scenario.baseline, scenario, setting));
    const ours = await found(scenario.ours, scenario, setting);
    if (round === 0) continue;
    pairs.push({ ours: ours.figure, baseline: baseline?.figure ?? ours.against ?? Number.NaN });
    growth = ours.growth;
    extras.push({ ...prefixed('baseline ', baseline?.extra), ...ours.extra });
  }
  return { ...result(scenario, pairs, extras), ...(growth && { growth }) };
}

function result(scenario: Scenario, pairs: readonly Pair[], extras: readonly Finding['extra'][]): Result {
  const { name, unit, better = 'higher', baselineName, target, note } = scenario;
  const ratio = Number(median(pairs.map(({ ours, baseline }) => ours / baseline)).toFixed(3));
  const extra = medians(extras);
  return {
    name,
    unit,
    better,
    ours: shortened(median(pairs.map(({ ours }) => ours))),
    baseline: shortened(median(pairs.map(({ baseline }) => baseline))),
    baselineName,
    ratio,
    ...(target && { target, met: meets(ratio, target) }),
    ...(note && { note }),
    ...(Object.keys(extra).length > 0 && { extra }),
    runs: pairs.map(({ ours, baseline }) => ({ ours: shortened(ours), baseline: shortened(baseline) })),
  };
}

/** What one side finds, prepared anew on an empty server: messages a second, unless it says something else. */
async function found(
  prepare: (setting: Setting) => Promise<Side>,
  { redis }: Scenario,
  setting: Setting,
): Promise<Finding> {
  if (redis) await flush(setting.redisUrl);
  const side = await prepare(setting);
  try {
    globalThis.gc?.();
    const began = performance.now();
    const finding = await side.run();
    return finding ?? { figure: setting.messages / ((performance.now() - began) / 1_000) };
  } finally {
    await side.close();
  }
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushall();
  redis.disconnect();
}

function meets(ratio: number, target: Target): boolean {
  return 'atLeast' in target ? ratio >= target.atLeast : ratio <= target.atMost;
}

function prefixed(prefix: string, extra: Finding['extra'] = {}): Record<string, number> {
  return Object.fromEntries(Object.entries(extra).map(([name, value]) => [prefix + name, value]));
}

function medians(extras: readonly Finding['extra'][]): Record<string, number> {
  const names = new Set(extras.flatMap((extra) => Object.keys(extra ?? {})));
  const values = (name: string) => extras.flatMap((extra) => extra?.[name] ?? []);
  return Object.fromEntries([...names].map((name) => [name, shortened(median(values(name)))]));
}

/** Whole, or with the three digits that mean something. */
function shortened(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
