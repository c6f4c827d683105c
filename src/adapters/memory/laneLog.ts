import type { Priority } from '../../core/priority.ts';
import type { Entry, LaneStats, StoreRecord } from '../../core/store.ts';
import { bytesOf } from './bytesOf.ts';
import { IdSequence } from './idSequence.ts';

const CHUNK = 1024;

/**
 * The log of one tier. An entry's index is its place since the lane's beginning and never changes; what is dropped from
 * the front is freed, chunk by chunk.
 */
export class LaneLog {
  private readonly ids = new IdSequence();
  private readonly chunks = new Map<number, (Entry | undefined)[]>();
  private tail: (Entry | undefined)[] = [];
  private from = 0;
  private to = 0;
  private size = 0;

  constructor(readonly priority: Priority) {}

  /** What its entries cost. */
  get bytes(): number {
    return this.size;
  }

  /** The index of the oldest entry; `end` if there is none. */
  get first(): number {
    return this.from;
  }

  /** The index that the next entry gets. */
  get end(): number {
    return this.to;
  }

  get stats(): LaneStats {
    const length = this.to - this.from;
    return length === 0 ? { length } : { length, firstId: this.at(this.from).id, lastId: this.at(this.to - 1).id };
  }

  /** Keeps a record; what it returns is handed out as it is while the attempt is the first. */
  append({ topic, payload, type, encoding, meta, count }: StoreRecord, nowMs: number): Entry {
    // A copy: the caller may reuse its buffer, or the view may hold a larger one in memory.
    const kept = typeof payload === 'string' ? payload : new Uint8Array(payload);
    const id = this.ids.next(nowMs);
    const plain = { priority: this.priority, id, topic, payload: kept, type, encoding, meta, attempt: 1 };
    const entry = count === undefined ? plain : { ...plain, count };
    if (this.to % CHUNK === 0) {
      this.tail = [];
      this.chunks.set(this.to / CHUNK, this.tail);
    }
    this.tail.push(entry);
    this.to += 1;
    this.size += bytesOf(entry);
    return entry;
  }

  /** The entry at an index from `first` to before `end`. */
  at(index: number): Entry {
    return this.chunks.get(Math.floor(index / CHUNK))?.[index % CHUNK] as Entry;
  }

  /** The index of the first entry that was appended at this time or later. */
  indexSince(ms: number): number {
    let low = this.from;
    let high = this.to;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (Number.parseInt(this.at(middle).id, 10) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Drops entries before an index, oldest first, until enough is freed. Returns the bytes freed. */
  dropBefore(index: number, enoughBytes = Infinity): number {
    let freed = 0;
    for (; this.from < index && freed < enoughBytes; this.from++) {
      freed += bytesOf(this.at(this.from));
      this.clear(this.from);
    }
    this.size -= freed;
    return freed;
  }

  private clear(index: number): void {
    const number = Math.floor(index / CHUNK);
    const place = index % CHUNK;
    if (place === CHUNK - 1) {
      this.chunks.delete(number);
      return;
    }
    const chunk = this.chunks.get(number);
    if (chunk) chunk[place] = undefined;
  }
}
