import type { PushedItems } from './pushedItems.ts';

/** Who reads the answer to which key, in this process. */
export class Readers {
  private readonly byKey = new Map<string, Set<PushedItems<unknown>>>();

  /** Returns what removes it again. */
  add(key: string, reader: PushedItems<unknown>): () => void {
    const readers = this.byKey.get(key) ?? new Set();
    this.byKey.set(key, readers.add(reader));
    return () => {
      readers.delete(reader);
      if (readers.size === 0 && this.byKey.get(key) === readers) this.byKey.delete(key);
    };
  }

  /** Resolves when fewer than so many items wait for each of them: what is pushed to all goes as fast as the slowest reads. */
  async room(key: string, count: number): Promise<void> {
    for (const reader of this.byKey.get(key) ?? []) await reader.room(count);
  }
}
