import type { BenchRun, ModeRun } from '../benchRun.ts';
import { fullSpeed } from '../measuring/fullSpeed.ts';
import { median } from '../median.ts';
import type { Figure, Growth, GrowthPoint, Section } from '../report.ts';
import { GROWING, type Growing } from './growing.ts';

/** What of a run it takes. */
export type GrowthRun = Omit<BenchRun, 'options'> & { readonly options: Pick<BenchRun['options'], 'payloadBytes'> };

/** How far growth goes, and with how many messages. */
export interface GrowthRange {
  /** How many messages each run moves. */
  readonly messages: number;
  readonly runs: number;
  /** How far each thing grows. */
  readonly upTo: Readonly<Record<Growing['of'], number>>;
}

const FULL: GrowthRange = {
  messages: 20_000,
  runs: 3,
  upTo: { backlog: 1_000_000, payload: 65_536, streams: 1_000, consumers: 50 },
};
/** What one run may take, however slow the store is. */
const MOST_MS = 60_000;

/** What a message costs as the backlog, the payload, the streams and the consumers grow. */
export const growth: ModeRun = (run) => growthWithin(run, FULL);

/** The same, within a range. */
export async function* growthWithin(run: BenchRun, range: GrowthRange): AsyncIterable<Section> {
  const growths: Growth[] = [];
  for (const growing of GROWING) {
    const points = await measured(run, growing, range);
    if (points.length > 0) growths.push({ of: growing.of, unit: growing.unit, points });
  }
  const { messages, runs } = range;
  yield {
    title: 'Cost as work grows',
    how: `What one message costs, published and handled, at full speed: ${messages.toLocaleString('en-US')} messages a run, the median of ${runs}. All but the one thing that grows stays as it is.`,
    figures: growths.map(exponent),
    growth: growths,
  };
}

/**
 * By which power the cost of a message grows: 0 if it does not, 1 in proportion. The slope of the least squares through
 * the logarithms of all points.
 */
function exponent({ of, points }: Growth): Figure {
  const logs = points.map(({ at, microseconds }) => [Math.log(at), Math.log(microseconds)] as const);
  const mean = (pick: (point: readonly [number, number]) => number) =>
    logs.reduce((sum, p) => sum + pick(p), 0) / logs.length;
  const [x, y] = [mean(([at]) => at), mean(([, cost]) => cost)];
  const slope =
    logs.reduce((sum, [at, cost]) => sum + (at - x) * (cost - y), 0) /
    logs.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  return { name: `cost grows with ${of} to the power of`, value: Number(slope.toFixed(2)) };
}

/** What a message costs at each point of one thing that grows; as many points as there was time for. */
export async function measured(run: GrowthRun, growing: Growing, range: GrowthRange): Promise<readonly GrowthPoint[]> {
  const points: GrowthPoint[] = [];
  for (const at of growing.at.filter((at) => at <= range.upTo[growing.of])) {
    const costs: number[] = [];
    while (costs.length < range.runs && !run.signal.aborted) costs.push(await cost(run, growing, at, range.messages));
    // A run that was cut short counts for nothing.
    if (run.signal.aborted) break;
    points.push({ at, microseconds: median(costs) });
  }
  return points;
}

/** What one message costs, in microseconds. */
function cost(
  { options, place, signal, watch }: GrowthRun,
  growing: Growing,
  at: number,
  count: number,
): Promise<number> {
  const { payloadBytes } = options;
  const { backlog = 0, consumers = 1, config, setup } = growing.point(at, payloadBytes);
  return place.at(async (site) => {
    const producers = [await site.bus(config)];
    const onSample = watch(`cost as work grows: ${growing.of} ${at.toLocaleString('en-US')}`, MOST_MS);
    const common = { producers, durationMs: MOST_MS, payloadBytes, signal, onSample };
    if (backlog > 0) await fullSpeed({ ...common, consumers: [], count: backlog });
    const { handledPerSecond } = await fullSpeed({
      ...common,
      consumers: await site.buses(consumers, config),
      count,
      ...setup,
    });
    return 1_000_000 / handledPerSecond;
  });
}
