import { LRUCache } from 'lru-cache';
import type { CacheBooks } from './cacheBooks.ts';
import type { LocalEntry } from './localEntry.ts';

export interface FirstLevelOptions {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** What this process has in its memory: beyond its bounds, what was used least recently goes. */
export class FirstLevel {
  private readonly entries: LRUCache<string, LocalEntry>;
  private readonly maxEntries: number;

  constructor({ maxBytes, maxEntries }: FirstLevelOptions, books: CacheBooks) {
    this.maxEntries = maxEntries;
    this.entries = new LRUCache({
      // Not `max`: it would take room for all of them at once.
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      dispose: (_entry, _key, reason) => {
        if (reason === 'evict') books.evictions += 1;
      },
    });
  }

  get size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.entries.size, bytes: this.entries.calculatedSize };
  }

  get(key: string, nowMs: number): LocalEntry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || nowMs < entry.untilMs) return entry;
    this.entries.delete(key);
    return undefined;
  }

  /** One that is larger than all there may be is not kept. */
  set(key: string, entry: LocalEntry): void {
    this.entries.set(key, entry);
    if (this.entries.size > this.maxEntries) this.entries.pop();
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }
}
