import type { EntryRef, Once } from '../../core/store.ts';

interface Kept {
  readonly ref: EntryRef;
  readonly atMs: number;
}

/** What a stream is to keep once: the messages that were published with an id, by topic and id, oldest first. */
export class KeptOnce {
  private readonly places = new Map<string, Kept>();

  /** Where a message was kept within the window; undefined if it was not. */
  find(topic: string, { id, forMs }: Once, nowMs: number): EntryRef | undefined {
    const kept = this.places.get(nameOf(topic, id));
    return kept !== undefined && nowMs - kept.atMs < forMs ? kept.ref : undefined;
  }

  forget(topic: string, id: string): void {
    this.places.delete(nameOf(topic, id));
  }

  keep(topic: string, { id, forMs, most }: Once, ref: EntryRef, nowMs: number): void {
    const name = nameOf(topic, id);
    // Behind the others, where it belongs by age.
    this.places.delete(name);
    this.places.set(name, { ref, atMs: nowMs });
    for (const [oldest, { atMs }] of this.places) {
      if (this.places.size <= most && nowMs - atMs < forMs) return;
      this.places.delete(oldest);
    }
  }
}

function nameOf(topic: string, id: string): string {
  return `${topic}\0${id}`;
}
