import type { TrimBounds } from '../core/store.ts';

/** What is kept of a stream. Infinity keeps all. */
export interface RetentionBounds {
  /** Entries a lane, of what no group owes. @default 100_000, 1_000_000, 5_000_000 by preset */
  readonly maxEntries?: number;
  /** In ms, of what no group owes. @default a day, a week, an hour by preset */
  readonly maxAgeMs?: number;
  /**
   * Bytes of the stream, over all its partitions and lanes, as the store measures them, from 65_536. The one bound that is
   * kept whatever it takes: if what groups owe has more, the oldest of that goes too, and a notice tells of it. @default Infinity
   */
  readonly maxBytes?: number;
}

/** The bounds without those that are Infinity, which keep all. */
export function finite<T extends object>(bounds: T): Partial<T> {
  return Object.fromEntries(Object.entries(bounds).filter(([, bound]) => (bound as number) < Infinity)) as Partial<T>;
}

/** What to keep of each partition of a stream: its own bounds, else the bus's. Bytes are shared out among partitions. */
export function retentionBounds(bus: TrimBounds, own: RetentionBounds = {}, partitions = 1): TrimBounds {
  const { maxBytes, ...bounds } = finite({ ...bus, ...defined(own) });
  return { ...bounds, ...(maxBytes !== undefined && { maxBytes: Math.floor(maxBytes / partitions) }) };
}

/** Ten minutes. */
const REPLIES_KEPT_MS = 600_000;

/** What to keep of replies: whoever asked reads them at once, and what they left unread is of no use to anyone. */
export function replyBounds(bus: TrimBounds): TrimBounds {
  return { ...bus, maxAgeMs: Math.min(bus.maxAgeMs ?? Infinity, REPLIES_KEPT_MS) };
}

function defined(bounds: RetentionBounds): RetentionBounds {
  return Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined));
}
