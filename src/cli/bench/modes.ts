/** What `sluice bench` can do, in the order of its help. */
export const MODES = ['quick', 'throughput', 'latency', 'patterns', 'load', 'stress', 'soak', 'growth'] as const;

export type Mode = (typeof MODES)[number];

/** The flags that not every mode has a use for. */
export type SomeModesFlag = 'duration' | 'rate' | 'producers' | 'consumers' | 'target-ms';

interface ModeFacts {
  readonly does: string;
  /** How long it measures in all unless told otherwise; of each step in `stress`. */
  readonly durationMs: number;
  readonly rate: number;
  readonly producers: number;
  readonly consumers: number;
  /** What it takes beside the flags that every mode takes. */
  readonly takes: readonly SomeModesFlag[];
}

const ONE = { rate: 1_000, producers: 1, consumers: 1 };

export const MODE_FACTS: Readonly<Record<Mode, ModeFacts>> = {
  quick: {
    ...ONE,
    does: 'a bit of everything, within a minute',
    durationMs: 32_000,
    takes: ['duration', 'rate'],
  },
  throughput: {
    ...ONE,
    does: 'as fast as it goes: publishing, consuming a backlog, both at once',
    durationMs: 30_000,
    takes: ['duration', 'producers', 'consumers'],
  },
  latency: {
    ...ONE,
    does: 'critical messages at a steady rate: on an idle bus, then while the low tier is saturated',
    durationMs: 30_000,
    takes: ['duration', 'rate', 'producers', 'consumers'],
  },
  patterns: {
    ...ONE,
    does: 'the ways to use it: work queue, fan-out, live view, requests, a step that publishes, batches, topic globs',
    durationMs: 30_000,
    takes: ['duration'],
  },
  load: {
    rate: 5_000,
    producers: 10,
    consumers: 10,
    does: 'many connections: producers and consumers, each a bus of its own, at a steady rate',
    durationMs: 30_000,
    takes: ['duration', 'rate', 'producers', 'consumers'],
  },
  stress: {
    ...ONE,
    does: 'raises the rate, step by step, until the latency target breaks, and says where',
    durationMs: 3_000,
    takes: ['duration', 'rate', 'producers', 'consumers', 'target-ms'],
  },
  soak: {
    ...ONE,
    does: 'a steady rate for long: memory, latency and throughput over time',
    durationMs: 600_000,
    takes: ['duration', 'rate', 'producers', 'consumers'],
  },
  growth: {
    ...ONE,
    does: 'what a message costs as the backlog, the payload, the streams and the consumers grow',
    durationMs: 60_000,
    takes: [],
  },
};
