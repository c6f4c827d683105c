import type { Observable, SchedulerLike, Subscriber } from 'rxjs';
import type { Cached } from './cache.ts';
import type { CacheBooks } from './cacheBooks.ts';
import type { WholePolicy } from './cachePolicy.ts';
import { type KeptError, remade, takesError } from './keptError.ts';
import type { LocalEntry } from './localEntry.ts';

export interface CacheRequestOptions {
  readonly key: string;
  readonly source: () => Observable<unknown>;
  readonly policy: WholePolicy;
  readonly subscriber: Subscriber<Cached<unknown>>;
  readonly books: CacheBooks;
  readonly scheduler: SchedulerLike;
}

/** What an entry is to a request: `spare` is for when the source fails. */
type Worth = 'fresh' | 'stale' | 'spare' | 'none';

/** One who asks a cache. */
export class CacheRequest {
  /** What it waits for. */
  flight: { leave(request: CacheRequest): void } | undefined;

  private readonly askedMs: number;

  constructor(private readonly options: CacheRequestOptions) {
    this.askedMs = options.scheduler.now();
  }

  get key(): string {
    return this.options.key;
  }

  /** Whether it has been answered, or has left: it may while others are being answered. */
  get over(): boolean {
    return this.options.subscriber.closed;
  }

  get policy(): WholePolicy {
    return this.options.policy;
  }

  get source(): () => Observable<unknown> {
    return this.options.source;
  }

  /** Up to what age values and errors are fresh to it, in ms: what was fetched since it asked is, whatever its policy. */
  get fresh(): { readonly valueMs: number; readonly errorMs: number } {
    const { ttlMs, negativeMs } = this.policy;
    const waitedMs = this.options.scheduler.now() - this.askedMs;
    return { valueMs: Math.max(ttlMs, waitedMs), errorMs: negativeMs === 0 ? 0 : Math.max(negativeMs, waitedMs) };
  }

  worth(entry: LocalEntry): Worth {
    const { ttlMs, staleMs, staleIfErrorMs } = this.policy;
    const { valueMs, errorMs } = this.fresh;
    const ageMs = this.ageOf(entry);
    if (entry.error) return takesError(entry.error, this.policy) && ageMs < errorMs ? 'fresh' : 'none';
    if (ageMs < valueMs) return 'fresh';
    if (ageMs < ttlMs + staleMs) return 'stale';
    return ageMs < ttlMs + staleIfErrorMs ? 'spare' : 'none';
  }

  /**
   * Hands on what is kept, and is done.
   * @param error why what is stale could not be fetched anew; or what was thrown, of an error that is kept
   */
  hand(entry: LocalEntry, state: 'hit' | 'stale' | 'miss', error?: Error): void {
    const { subscriber, books } = this.options;
    if (subscriber.closed) return;
    books[COUNTED[state]] += 1;
    if (entry.error) {
      books.negative += 1;
      return this.refuse(entry.error, error);
    }
    const mark = { state, ageMs: this.ageOf(entry), ...(error && { error }) };
    for (const value of entry.values) {
      if (subscriber.closed) return;
      subscriber.next({ value, ...mark });
    }
    subscriber.complete();
  }

  fail(error: Error): void {
    this.options.books.failed += 1;
    this.options.subscriber.error(error);
  }

  /** From now on what the source emits passes through: what it has emitted so far, to begin with. */
  pass(values: readonly unknown[]): void {
    this.options.books.bypassed += 1;
    for (const value of values) this.passOn(value);
  }

  passOn(value: unknown): void {
    this.options.subscriber.next({ value, state: 'bypass', ageMs: 0 });
  }

  /** The end of what passed through. */
  passed(error?: Error): void {
    const { subscriber } = this.options;
    if (error) subscriber.error(error);
    else subscriber.complete();
  }

  private refuse(kept: KeptError, thrown: Error | undefined): void {
    const { subscriber, policy } = this.options;
    // Another's flight, which this one waited with, may have brought what this one has no name for.
    if (thrown && !takesError(kept, policy)) return subscriber.error(thrown);
    let error: unknown;
    try {
      error = remade(kept, policy);
    } catch (cause) {
      error = cause;
    }
    subscriber.error(error);
  }

  private ageOf({ bornMs }: LocalEntry): number {
    return Math.max(0, this.options.scheduler.now() - bornMs);
  }
}

const COUNTED = { hit: 'hits', stale: 'stale', miss: 'misses' } as const;
