import type { CacheEntry, CacheLanding } from '../core/cacheStore.ts';
import type { Payload } from '../core/codec.ts';
import { readEntry } from './entryText.ts';
import type { KeptError } from './keptError.ts';

/** An entry in this process's memory. */
export interface LocalEntry {
  readonly version: string;
  /** What the source brought, frozen; nothing of an error. */
  readonly values: readonly unknown[];
  readonly error?: KeptError;
  /** When it landed and how long it is kept, by this process's clock. */
  readonly bornMs: number;
  readonly untilMs: number;
  /** Its JSON and its key. */
  readonly bytes: number;
  /** When the store was last asked whether it is the one, and said so. */
  checkedMs: number;
}

/** What the store answered, and this process has known; undefined if it can't be read. */
export function storedEntry(
  key: string,
  { version, ageMs, leftMs, payload, error }: CacheEntry,
  known: LocalEntry | undefined,
  { askedMs, nowMs }: { readonly askedMs: number; readonly nowMs: number },
): LocalEntry | undefined {
  const same = known?.version === version ? known : undefined;
  const read = same ?? (payload === undefined ? undefined : contentOf(key, version, payload, error));
  // It may have been removed while the answer was under way.
  return read && { ...read, bornMs: nowMs - ageMs, untilMs: nowMs + leftMs, checkedMs: askedMs };
}

/** What this process has fetched, and written as that payload. */
export function fetchedEntry(
  key: string,
  { error, payload, keepMs }: CacheLanding,
  version: string,
  nowMs: number,
): LocalEntry {
  const read = contentOf(key, version, payload, error) as NonNullable<ReturnType<typeof contentOf>>;
  return { ...read, bornMs: nowMs, untilMs: nowMs + keepMs, checkedMs: nowMs };
}

function contentOf(key: string, version: string, payload: Payload, error: boolean) {
  const read = readEntry(payload, error);
  return read && { ...read, version, bytes: bytesOf(payload) + key.length };
}

function bytesOf(payload: Payload): number {
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
}
