import { perPriority } from '../core/priority.ts';
import type { PresetName } from './busConfig.ts';
import { DEFAULT_FORM } from './recordForms.ts';
import type { PresetValues } from './resolvedConfig.ts';

const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const COMMON = {
  store: 'memory',
  namespace: 'sluice',
  maxPayloadBytes: MIB,
  codecs: [],
  partitions: 1,
  ...DEFAULT_FORM,
  durability: 'memory',
  streams: {},
  reconnect: { maxMs: 5_000, giveUpAfterMs: Infinity },
  groups: { expireAfterMs: Infinity, whenOwing: 'keep' },
  deadLetters: { maxAgeMs: Infinity, maxEntries: Infinity },
} satisfies Partial<PresetValues>;

const ONCE = { idempotencyMs: 10 * MINUTE_MS, idempotencyIds: 1_000_000 };

const FAILURE = { attempts: 5, backoff: { initialMs: 100, maxMs: 30_000, factor: 2, jitter: 0.5 } };

/** Few connections, no lingering, and a lease that outlives a short stop at a breakpoint. */
const DEVELOPMENT: PresetValues = {
  ...COMMON,
  connections: 5,
  publish: {
    ...ONCE,
    bufferBytes: 16 * MIB,
    full: 'wait',
    linger: perPriority(() => 0),
    maxBatch: 500,
    timeoutMs: 10_000,
  },
  consume: { ...FAILURE, credit: perPriority(() => 256), leaseMs: 30_000, waitMs: 5_000 },
  retention: { maxEntries: 100_000, maxAgeMs: 24 * HOUR_MS, maxBytes: Infinity, everyMs: 30_000 },
  tracing: { enabled: true, stages: true },
};

/** A crash is noticed in seconds, an outage of the store is sat out, lower tiers gather a little. */
const PRODUCTION: PresetValues = {
  ...COMMON,
  connections: 50,
  publish: {
    ...ONCE,
    bufferBytes: 64 * MIB,
    full: 'wait',
    linger: { critical: 0, high: 0, normal: 1, low: 5 },
    maxBatch: 500,
    timeoutMs: 30_000,
  },
  consume: { ...FAILURE, credit: perPriority(() => 1_000), leaseMs: 10_000, waitMs: 5_000 },
  retention: { maxEntries: 1_000_000, maxAgeMs: 7 * 24 * HOUR_MS, maxBytes: Infinity, everyMs: MINUTE_MS },
  tracing: { enabled: true, stages: true },
};

/** Throughput: large batches and credit, quick takeover, short retention, no span for each stage. */
const HIGH_FREQUENCY: PresetValues = {
  ...COMMON,
  connections: 100,
  publish: {
    ...ONCE,
    bufferBytes: 256 * MIB,
    full: 'wait',
    linger: { critical: 0, high: 0, normal: 2, low: 10 },
    maxBatch: 1_000,
    timeoutMs: 10_000,
  },
  consume: { ...FAILURE, credit: perPriority(() => 4_000), leaseMs: 5_000, waitMs: 5_000 },
  retention: { maxEntries: 5_000_000, maxAgeMs: HOUR_MS, maxBytes: Infinity, everyMs: 10_000 },
  tracing: { enabled: true, stages: false },
};

export const PRESETS: Readonly<Record<PresetName, PresetValues>> = {
  development: DEVELOPMENT,
  production: PRODUCTION,
  highFrequency: HIGH_FREQUENCY,
};
