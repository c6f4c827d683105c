import type { Outcome } from '../../core/outcome.ts';
import type { Taken } from '../../core/store.ts';

/** What was appended to a stream. */
export interface SentCounts {
  messages: number;
  /** Bytes of payloads, as they were written. */
  bytes: number;
  /** Appends: what goes together counts once. */
  appends: number;
}

/** What a group of a partition was handed here, and what became of it. */
export interface ConsumedCounts {
  /** Hand-outs: a message that is handed out twice counts twice. */
  handedOut: number;
  /** What the store was told, by outcome. */
  ack: number;
  retry: number;
  release: number;
  reject: number;
  /** Entries that were owed and are gone from the stream. */
  lost: number;
}

/** Messages by how they ended. */
export type SettledCounts = Readonly<Record<Outcome['kind'], number>>;

/** Counters of what went to and came from a store. They are added to once a batch. */
export class StoreBooks {
  readonly sent = new Map<string, SentCounts>();
  readonly consumed = new Map<
    string,
    { readonly stream: string; readonly group: string; readonly counts: ConsumedCounts }
  >();
  /** Calls that failed, by the error's code. */
  readonly errors = new Map<string, number>();

  appended(stream: string, messages: number, bytes: number): void {
    const counts = this.sent.get(stream) ?? { messages: 0, bytes: 0, appends: 0 };
    this.sent.set(stream, counts);
    counts.messages += messages;
    counts.bytes += bytes;
    counts.appends += 1;
  }

  taken(stream: string, group: string, { lost }: Taken, messages: number): void {
    const counts = this.of(stream, group);
    counts.handedOut += messages;
    counts.lost += lost.length;
  }

  settled(stream: string, group: string, settled: SettledCounts): void {
    const counts = this.of(stream, group);
    counts.ack += settled.ack;
    counts.retry += settled.retry;
    counts.release += settled.release;
    counts.reject += settled.reject;
  }

  failed(code: string): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  private of(stream: string, group: string): ConsumedCounts {
    const key = `${stream} ${group}`;
    const known = this.consumed.get(key);
    if (known) return known.counts;
    const counts = { handedOut: 0, ack: 0, retry: 0, release: 0, reject: 0, lost: 0 };
    this.consumed.set(key, { stream, group, counts });
    return counts;
  }
}
