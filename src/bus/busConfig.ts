import type { Codec } from '../core/codec.ts';
import type { PerPriority } from '../core/priority.ts';
import type { StreamStore } from '../core/store.ts';
import type { BackoffOptions } from '../internal/backoff.ts';
import type { ReconnectOptions } from '../sources/patience.ts';
import type { DurabilityConfig } from './durabilities.ts';
import type { RecordForm } from './recordForms.ts';
import type { RetentionBounds } from './retentionBounds.ts';
import type { StreamBinding } from './streams.ts';

/** The presets by name. */
export const PRESET_NAMES = ['development', 'production', 'highFrequency'] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

/** What a full publishing buffer means: `publish` waits, fails with `BufferFullError`, or the oldest waiting one does. */
export const FULL = ['wait', 'fail', 'drop-oldest'] as const;

/**
 * How a bus is to be. Everything is optional; what is left out is the environment's, then the preset's. `records`,
 * `compression` and `messagesPerEntry` are those of the stream `main`; `durability`, `replicas` and `retention` are those
 * of every stream that says nothing of its own.
 */
export interface BusConfig extends RecordForm, DurabilityConfig {
  /** Where the defaults come from: set by `development()`, `production()` and `highFrequency()`. @default 'development' */
  readonly preset?: PresetName;
  /**
   * `'memory'`, a URL (`redis://…`, `rediss://…`, `unix:/path`, `redis+sentinel://…`, `redis+cluster://…`), or a store,
   * which whoever made it closes.
   * @default 'memory'
   */
  readonly store?: string | StreamStore;
  /** What every key begins with: 1 to 128 letters, digits and `. _ : -`. @default 'sluice' */
  readonly namespace?: string;
  /** This client's name, in spans and consumers' names; of the same characters. @default host name and process id */
  readonly name?: string;
  /** The most connections to the server, on a Cluster to each master, from 2. @default 5, 50, 100 by preset */
  readonly connections?: number;
  /** The largest payload, encoded. @default 1_048_576 */
  readonly maxPayloadBytes?: number;
  /** Codecs beside `json` and `bytes`; of two with one encoding, the later. */
  readonly codecs?: readonly Codec[];
  /**
   * How many partitions `main` has, from 1 to 1_024: what can be read in order of keys by so many processes at once. The
   * same in every process, for good. @default 1
   */
  readonly partitions?: number;
  /** Which topics live in a stream of their own; the first that matches. Everything else lives in `main`. */
  readonly streams?: Readonly<Record<string, StreamBinding>>;
  readonly publish?: PublishConfig;
  readonly consume?: ConsumeConfig;
  /** How long whatever reads tries again while the store can't be used. @default for ever */
  readonly reconnect?: ReconnectOptions;
  readonly retention?: RetentionConfig;
  readonly groups?: GroupsConfig;
  readonly deadLetters?: DeadLettersConfig;
  readonly tracing?: TracingConfig;
}

export interface PublishConfig {
  /** The most bytes that wait for the store. @default 16, 64, 256 MiB by preset */
  readonly bufferBytes?: number;
  /** @default 'wait' */
  readonly full?: (typeof FULL)[number];
  /** How long the first of a batch waits for company, in ms, in every tier or in each. @default 0 to 10 by preset and tier */
  readonly linger?: number | Partial<PerPriority<number>>;
  /** The most messages of one append. @default 500, 500, 1_000 by preset */
  readonly maxBatch?: number;
  /** How long to try again while the store can't be reached or is full, in ms. @default 10_000, 30_000, 10_000 by preset */
  readonly timeoutMs?: number;
  /**
   * For how long a message published with an id is kept once, however often it is published, in ms; 0 for not at all. The
   * same in every process. @default 600_000
   */
  readonly idempotencyMs?: number;
  /** How many ids a partition remembers at most; at most half as many are forgotten before their time. @default 1_000_000 */
  readonly idempotencyIds?: number;
}

export interface ConsumeConfig {
  /** The most unsettled deliveries of a source, for every tier or for each. @default 256, 1_000, 4_000 by preset */
  readonly credit?: number | Partial<PerPriority<number>>;
  /** How long after its last sign of life a consumer's work is taken over, in ms. @default 30_000, 10_000, 5_000 by preset */
  readonly leaseMs?: number;
  /** How long one read may wait at the store, in ms. @default 5_000 */
  readonly waitMs?: number;
  /** Hand-outs in all before a failing message goes to the dead letters; Infinity never gives up. @default 5 */
  readonly attempts?: number;
  /** The wait before each retry. @default 100 ms, doubled each time up to 30 s, half of it by lot */
  readonly backoff?: BackoffOptions;
}

export interface RetentionConfig extends RetentionBounds {
  /** The least time between two trims of a stream, in ms; one process at a time sees to it. @default 30_000, 60_000, 10_000 by preset */
  readonly everyMs?: number;
}

/** What becomes of a group whose messages are still owed when it expires. */
export const WHEN_OWING = ['keep', 'drop'] as const;

export interface GroupsConfig {
  /** After how long without a consumer a group is removed, in ms; Infinity never removes it. @default Infinity */
  readonly expireAfterMs?: number;
  /** Whether a group goes that still owes messages: `'keep'` reports it and leaves it. @default 'keep' */
  readonly whenOwing?: (typeof WHEN_OWING)[number];
}

/** How long dead letters are kept. Infinity keeps them until they are replayed or purged. */
export interface DeadLettersConfig {
  /** Older ones are removed, in ms since the rejection. @default Infinity */
  readonly maxAgeMs?: number;
  /** Beyond so many a partition the oldest are removed. @default Infinity */
  readonly maxEntries?: number;
}

export interface TracingConfig {
  /** Spans of publishing and processing; without a registered SDK there are none either way. @default true */
  readonly enabled?: boolean;
  /** Spans of stages. @default true; false in highFrequency */
  readonly stages?: boolean;
}
