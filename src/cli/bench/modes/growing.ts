import type { PresetOverrides } from '../../../bus/presets.ts';
import type { FullSpeedSetup } from '../measuring/fullSpeed.ts';
import { workOf } from '../measuring/work.ts';

/** One thing that grows while the rest stays as it is. */
export interface Growing {
  readonly of: 'backlog' | 'payload' | 'streams' | 'consumers';
  readonly unit: string;
  readonly at: readonly number[];
  /** How a point is measured. */
  readonly point: (at: number, payloadBytes: number) => GrowingPoint;
}

export interface GrowingPoint {
  /** How many messages are there before it begins, and stay. */
  readonly backlog?: number;
  readonly consumers?: number;
  readonly config?: PresetOverrides;
  readonly setup?: Partial<Pick<FullSpeedSetup, 'message' | 'payloadBytes'>>;
}

const CREDIT_A_STREAM = 20;
const LEAST_CREDIT = 1_000;

export const GROWING: readonly Growing[] = [
  {
    of: 'backlog',
    unit: 'messages that wait',
    at: [1_000, 10_000, 100_000, 1_000_000],
    point: (backlog) => ({ backlog }),
  },
  {
    of: 'payload',
    unit: 'bytes',
    at: [64, 256, 1_024, 4_096, 16_384, 65_536],
    point: (payloadBytes) => ({ setup: { payloadBytes } }),
  },
  {
    of: 'streams',
    unit: 'streams',
    at: [1, 10, 100, 1_000],
    point: (streams, payloadBytes) => ({
      config: withStreams(streams),
      setup: { message: spread(streams, payloadBytes) },
    }),
  },
  {
    of: 'consumers',
    unit: 'consumers of one group',
    at: [1, 2, 5, 10, 20, 50],
    point: (consumers) => ({ consumers }),
  },
];

/** A stream for each topic. A source shares its credit among its streams, so it gets some for each. */
function withStreams(count: number): PresetOverrides {
  const streams = Array.from({ length: count }, (_, i) => [`s${i}`, { patterns: [`bench.s${i}`] }] as const);
  return {
    streams: Object.fromEntries(streams),
    consume: { credit: Math.max(LEAST_CREDIT, count * CREDIT_A_STREAM) },
  };
}

function spread(streams: number, payloadBytes: number) {
  const work = workOf(payloadBytes);
  return (n: number) => ({ topic: `bench.s${n % streams}`, data: work(n) });
}
