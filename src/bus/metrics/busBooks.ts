import type { CacheMetrics } from '../../cache/cacheMetrics.ts';
import type { StreamStore } from '../../core/store.ts';
import type { SourceState } from '../../sources/sourceState.ts';
import { BusMeter, type MeteredCounts } from '../../telemetry/busMeter.ts';
import { type BusMetrics, busMetrics, type PublishBuffer } from './busMetrics.ts';
import { countedStore } from './countedStore.ts';
import { StoreBooks } from './storeBooks.ts';

export interface BusBooksOptions {
  readonly store: StreamStore;
  /** The bus's. */
  readonly name: string;
  readonly buffer: () => PublishBuffer;
  readonly sources: () => readonly SourceState[];
  /** How many notices there were, by code. */
  readonly notices: ReadonlyMap<string, number>;
  /** By their names. */
  readonly caches: () => Readonly<Record<string, CacheMetrics>>;
}

/** What a bus counts of itself, as plain data and for OpenTelemetry. */
export class BusBooks {
  /** The store that the bus is to publish and read through, so that it is counted. */
  readonly store: StreamStore;
  private readonly books = new StoreBooks();
  private readonly meter: BusMeter;

  constructor(private readonly options: BusBooksOptions) {
    const { store, name } = options;
    this.meter = new BusMeter(store.name, name, () => this.metered());
    this.store = countedStore(store, this.books, this.meter.timer);
  }

  get metrics(): BusMetrics {
    const { buffer, sources, notices, caches } = this.options;
    const inHand = sources().reduce((sum, state) => sum + state.inHand, 0);
    return busMetrics({ books: this.books, buffer: buffer(), inHand, notices, caches: caches() });
  }

  close(): void {
    this.meter.close();
  }

  private metered(): MeteredCounts {
    const { buffer, sources, caches } = this.options;
    const { messages: waitingMessages, bytes: waitingBytes } = buffer();
    const consumed = [...this.books.consumed.values()].map(({ stream, group, counts }) => {
      const { handedOut, lost, ...settled } = counts;
      return { stream, group, handedOut, settled };
    });
    return {
      sent: [...this.books.sent].map(([stream, counts]) => ({ stream, ...counts })),
      consumed,
      inHand: sources().map(({ stream, group, inHand: count }) => ({ stream, group, count })),
      waitingMessages,
      waitingBytes,
      errors: Object.fromEntries(this.books.errors),
      caches: caches(),
    };
  }
}
