import type { CacheMetrics } from '../../cache/cacheMetrics.ts';
import type { ConsumedCounts, SentCounts, StoreBooks } from './storeBooks.ts';

/** What waits in a bus to be published. */
export interface PublishBuffer {
  /** Messages that the store has not confirmed. */
  readonly messages: number;
  /** What they weigh. */
  readonly bytes: number;
  /** What they may, in bytes; with `full: 'wait'` more messages than that may wait outside. */
  readonly maxBytes: number;
  /** Publishes that failed since the bus was connected. */
  readonly failed: number;
}

/** Counters of a bus since it was connected, as plain data: only this process's. */
export interface BusMetrics {
  readonly published: Readonly<SentCounts> & {
    /** Publishes that were refused, or given up. */
    readonly failed: number;
    /** By partition. */
    readonly streams: Readonly<Record<string, Readonly<SentCounts>>>;
  };
  /** What waits to be published. */
  readonly buffer: Omit<PublishBuffer, 'failed'>;
  readonly consumed: Readonly<ConsumedCounts> & {
    /** Deliveries that are out. */
    readonly inHand: number;
    readonly groups: readonly (Readonly<ConsumedCounts> & { readonly stream: string; readonly group: string })[];
  };
  /** Calls to the store that failed, by code: `FENCED`, `STORE_UNAVAILABLE`, … Those that were tried again count each time. */
  readonly errors: Readonly<Record<string, number>>;
  /** Notices, by code. */
  readonly notices: Readonly<Record<string, number>>;
  /** Of each cache, by its name. */
  readonly caches: Readonly<Record<string, CacheMetrics>>;
}

export interface MetricsPort {
  readonly books: StoreBooks;
  readonly buffer: PublishBuffer;
  readonly inHand: number;
  readonly notices: ReadonlyMap<string, number>;
  readonly caches: BusMetrics['caches'];
}

export function busMetrics({ books, buffer, inHand, notices, caches }: MetricsPort): BusMetrics {
  const { failed, ...waiting } = buffer;
  const groups = [...books.consumed.values()].map(({ stream, group, counts }) => ({ stream, group, ...counts }));
  const streams = [...books.sent].map(([stream, counts]) => [stream, { ...counts }] as const);
  return {
    published: { ...total(NOTHING_SENT, [...books.sent.values()]), failed, streams: Object.fromEntries(streams) },
    buffer: waiting,
    consumed: { ...total(NOTHING_CONSUMED, groups), inHand, groups },
    errors: Object.fromEntries(books.errors),
    notices: Object.fromEntries(notices),
    caches,
  };
}

const NOTHING_SENT: SentCounts = { messages: 0, bytes: 0, appends: 0 };
const NOTHING_CONSUMED: ConsumedCounts = { handedOut: 0, ack: 0, retry: 0, release: 0, reject: 0, lost: 0 };

/** The counts of all, name by name. */
function total<T extends object>(nothing: T, all: readonly T[]): T {
  const names = Object.keys(nothing) as (keyof T)[];
  const sums = names.map((name) => [name, all.reduce((sum, counts) => sum + Number(counts[name]), 0)]);
  return Object.fromEntries(sums) as T;
}
