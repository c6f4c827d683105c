import { createHistogram } from 'node:perf_hooks';

const NS = 1_000_000;
/** An hour: what took longer counts as this. */
const HIGHEST_NS = 3_600_000_000_000;
const PER_OCTAVE = 4;
const HALVINGS = 40;
const PER_HALVING = 4;
const NAMED = [50, 75, 90, 95, 99, 99.9, 99.99] as const;

/** What a histogram found, in ms. */
export interface LatencyFigures {
  readonly count: number;
  readonly minMs: number;
  readonly meanMs: number;
  readonly maxMs: number;
  /** By percentile: `50`, `99`, `99.9`, … */
  readonly percentilesMs: Readonly<Record<string, number>>;
  /** The whole curve: percentile and ms, finer and finer towards 100. */
  readonly curve: readonly (readonly [percentile: number, ms: number])[];
  /** How many took from `fromMs` up to `toMs`; four buckets from each ms to its double, those without any left out. */
  readonly buckets: readonly { readonly fromMs: number; readonly toMs: number; readonly count: number }[];
}

/** Latencies, to three significant digits: Node's own HdrHistogram, in nanoseconds. */
export class LatencyHistogram {
  private readonly histogram = createHistogram({ lowest: 1, highest: HIGHEST_NS, figures: 3 });
  private readonly buckets = new Map<number, number>();

  record(ms: number): void {
    const ns = Math.min(HIGHEST_NS, Math.max(1, Math.round(ms * NS)));
    this.histogram.record(ns);
    const bucket = Math.floor(Math.log2(ns) * PER_OCTAVE);
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
  }

  get count(): number {
    return this.histogram.count;
  }

  /** NaN while there is none. */
  percentile(percent: number): number {
    return this.count === 0 ? Number.NaN : this.histogram.percentile(percent) / NS;
  }

  get maxMs(): number {
    return this.count === 0 ? Number.NaN : this.histogram.max / NS;
  }

  reset(): void {
    this.histogram.reset();
    this.buckets.clear();
  }

  /** Undefined if there was nothing to measure. */
  figures(): LatencyFigures | undefined {
    if (this.count === 0) return undefined;
    return {
      count: this.count,
      minMs: this.histogram.min / NS,
      meanMs: this.histogram.mean / NS,
      maxMs: this.maxMs,
      percentilesMs: Object.fromEntries(NAMED.map((percent) => [percent, this.percentile(percent)])),
      curve: this.curve(),
      buckets: [...this.buckets]
        .sort(([a], [b]) => a - b)
        .map(([bucket, count]) => ({ fromMs: edgeMs(bucket), toMs: edgeMs(bucket + 1), count })),
    };
  }

  /** As far towards 100 as there are messages to tell of. */
  private curve(): readonly (readonly [number, number])[] {
    const steps = Array.from({ length: HALVINGS * PER_HALVING }, (_, step) => 2 ** (-step / PER_HALVING));
    const told = steps.filter((rest) => rest * this.count >= 1).map((rest) => 100 * (1 - rest));
    return [
      ...told.map((percent) => [percent, this.percentile(percent || 0.001)] as const),
      [100, this.maxMs] as const,
    ];
  }
}

function edgeMs(bucket: number): number {
  return 2 ** (bucket / PER_OCTAVE) / NS;
}
