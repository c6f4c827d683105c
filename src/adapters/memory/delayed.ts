import type { DelayedRecord, DelayedRef } from '../../core/store.ts';
import { DueQueue } from './dueQueue.ts';

interface Waiting {
  readonly record: DelayedRecord;
  dueMs: number;
  readonly index: number;
  readonly part: 0;
}

/** The records of a stream that wait to be due, soonest first, in the order they came at equal times. */
export class Delayed {
  private readonly queue = new DueQueue<Waiting>();
  private readonly byName = new Map<string, Waiting>();
  /** Still in the queue, and not wanted any more. */
  private readonly dropped = new Set<Waiting>();
  private count = 0;

  get size(): number {
    return this.byName.size;
  }

  /** When the next may be due, in ms; Infinity if there is none. */
  get soonestMs(): number {
    return this.queue.soonestMs;
  }

  has(ref: DelayedRef): boolean {
    return this.byName.has(nameOf(ref));
  }

  add(record: DelayedRecord, nowMs: number): void {
    const { due, priority, topic, id, payload, type, encoding, meta, once } = record;
    const dueMs = Math.ceil('afterMs' in due ? nowMs + due.afterMs : due.atMs);
    this.count += 1;
    // A copy: what else the caller hung on it is not for the store to keep.
    const kept = { due, priority, topic, id, payload, type, encoding, meta, once };
    const waiting: Waiting = { record: kept, dueMs, index: this.count, part: 0 };
    this.byName.set(nameOf(record), waiting);
    this.queue.add(waiting);
  }

  /** Takes one out that waits; undefined if it doesn't. */
  remove(ref: DelayedRef): DelayedRecord | undefined {
    const name = nameOf(ref);
    const waiting = this.byName.get(name);
    if (!waiting) return undefined;
    this.byName.delete(name);
    this.dropped.add(waiting);
    // Once they are most of the queue, all at a time.
    if (this.dropped.size > this.byName.size) {
      this.queue.drop(this.dropped);
      this.dropped.clear();
    }
    return waiting.record;
  }

  /** Takes out what is due, in order. */
  *due(nowMs: number): Generator<DelayedRecord> {
    while (this.soonestMs <= nowMs) {
      const waiting = this.queue.shift();
      if (this.dropped.delete(waiting)) continue;
      this.byName.delete(nameOf(waiting.record));
      yield waiting.record;
    }
  }
}

function nameOf({ topic, id }: DelayedRef): string {
  return `${topic}\0${id}`;
}
