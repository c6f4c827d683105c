import { EMPTY, Observable, type SchedulerLike } from 'rxjs';
import type { CacheStore } from '../core/cacheStore.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Notify } from '../core/notice.ts';
import { StoreClosedError } from '../core/storeErrors.ts';
import type { Cache, Cached } from './cache.ts';
import { CacheBooks } from './cacheBooks.ts';
import type { CacheMetrics } from './cacheMetrics.ts';
import type { WholeCacheOptions } from './cacheOptions.ts';
import { type CachePolicy, wholePolicy } from './cachePolicy.ts';
import { CacheRequest } from './cacheRequest.ts';
import { FirstLevel } from './firstLevel.ts';
import { Flight, type FlightPort } from './flight.ts';
import type { LocalEntry } from './localEntry.ts';
import { SecondLevel } from './secondLevel.ts';

export interface TwoLevelCacheOptions {
  readonly options: WholeCacheOptions;
  /** The second level; without it, the cache is this process's. */
  readonly store?: CacheStore;
  readonly notify: Notify;
  readonly scheduler: SchedulerLike;
}

/** How much of a key a notice shows, in characters. */
const SHOWN = 100;

/** How many keys are remembered as told of, since they pass through uncached. */
const TOLD = 1_000;

/** A cache over a store. */
export class TwoLevelCache implements Cache {
  readonly name: string;
  private readonly books = new CacheBooks();
  private readonly first: FirstLevel;
  private readonly second: SecondLevel | undefined;
  /** Those that requests join, by key. */
  private readonly flights = new Map<string, Flight>();
  private readonly running = new Set<Flight>();
  private readonly tellsOf = new Set<string>();
  private refreshFails = false;
  private closed = false;
  private readonly port: FlightPort;

  constructor(private readonly made: TwoLevelCacheOptions) {
    const { options, store, notify, scheduler } = made;
    this.name = options.name;
    this.first = new FirstLevel(options, this.books);
    this.second = store && new SecondLevel({ store, name: options.name, notify, books: this.books, scheduler });
    this.port = this.makePort();
  }

  get<T>(key: string, source: () => Observable<T>, policy: CachePolicy): Observable<Cached<T>> {
    if (typeof key !== 'string') throw new InvalidOptionError('key', key, 'a text');
    if (typeof source !== 'function') throw new InvalidOptionError('source', source, 'a function: () => Observable');
    const whole = wholePolicy(policy);
    const { books } = this;
    const { scheduler } = this.made;
    return new Observable<Cached<unknown>>((subscriber) => {
      if (this.closed) return subscriber.error(new StoreClosedError('the bus of the cache'));
      const request = new CacheRequest({ key, source, policy: whole, subscriber, books, scheduler });
      subscriber.add(() => request.flight?.leave(request));
      this.serve(request);
    }) as Observable<Cached<T>>;
  }

  async remove(key: string): Promise<void> {
    if (typeof key !== 'string') throw new InvalidOptionError('key', key, 'a text');
    this.checkOpen();
    this.forget(key);
    await this.second?.remove(key);
    // What was asked meanwhile may be from before.
    this.forget(key);
  }

  async clear(): Promise<void> {
    this.checkOpen();
    this.forgetAll();
    await this.second?.clear();
    this.forgetAll();
  }

  metrics(): CacheMetrics {
    return { ...this.books, ...this.first.size };
  }

  /** Ends every flight; those who wait get `StoreClosedError`. Completes once the store knows. Safe to repeat. */
  close(): Observable<never> {
    this.closed = true;
    for (const flight of [...this.running]) flight.close(new StoreClosedError('the bus of the cache'));
    this.first.clear();
    return this.second?.close() ?? EMPTY;
  }

  private serve(request: CacheRequest): void {
    const kept = this.first.get(request.key, this.made.scheduler.now());
    const worth = kept && this.trusts(kept) ? request.worth(kept) : 'none';
    if (kept && worth === 'fresh') {
      this.books.localHits += 1;
      return request.hand(kept, 'hit');
    }
    if (kept && worth === 'stale') {
      request.hand(kept, 'stale');
      return this.refresh(request, kept);
    }
    const known = this.flights.get(request.key);
    const flight = known ?? this.newFlight(request, kept, false);
    request.flight = flight;
    flight.join(request);
    if (!known) flight.start();
  }

  private refresh(request: CacheRequest, kept: LocalEntry): void {
    if (this.closed || this.flights.has(request.key)) return;
    this.newFlight(request, kept, true).start();
  }

  private newFlight(request: CacheRequest, kept: LocalEntry | undefined, background: boolean): Flight {
    const flight = new Flight(this.port, request, kept, background);
    this.flights.set(request.key, flight);
    this.running.add(flight);
    return flight;
  }

  /** Whether the store need not be asked if it is still the one. */
  private trusts({ checkedMs }: LocalEntry): boolean {
    if (!this.second || this.second.paused) return true;
    const sinceMs = this.made.scheduler.now() - checkedMs;
    // A clock that was put back makes nothing trusted for longer.
    return sinceMs >= 0 && sinceMs < this.made.options.localMs;
  }

  private makePort(): FlightPort {
    const { first, second, books } = this;
    const { options, scheduler } = this.made;
    return {
      options,
      first,
      second,
      books,
      scheduler,
      again: (request) => {
        if (!request.over) this.serve(request);
      },
      detached: (flight) => this.detached(flight),
      ended: (flight) => {
        this.detached(flight);
        this.running.delete(flight);
      },
      landed: () => {
        this.refreshFails = false;
      },
      failed: (key, error, background) => this.failed(key, error, background),
      bypassed: (key, why) => this.bypassed(key, why),
    };
  }

  private detached(flight: Flight): void {
    if (this.flights.get(flight.key) === flight) this.flights.delete(flight.key);
  }

  private forget(key: string): void {
    this.first.delete(key);
    this.flights.get(key)?.detach();
  }

  private forgetAll(): void {
    this.first.clear();
    for (const flight of [...this.flights.values()]) flight.detach();
  }

  /** Who waits is told by the error; of what is fetched in the background nobody would know. */
  private failed(key: string, error: Error, background: boolean): void {
    if (!background || this.refreshFails) return;
    this.refreshFails = true;
    const message = `cache '${this.name}' can't refresh '${shown(key)}', what is stale goes on being handed out: ${error.message}`;
    this.made.notify({ level: 'warn', code: 'CACHE_REFRESH', message, error });
  }

  private bypassed(key: string, why: string): void {
    if (this.tellsOf.has(key)) return;
    if (this.tellsOf.size >= TOLD) this.tellsOf.clear();
    this.tellsOf.add(key);
    const message = `cache '${this.name}' does not keep '${shown(key)}', it passes through: ${why}`;
    this.made.notify({ level: 'warn', code: 'CACHE_BYPASS', message });
  }

  private checkOpen(): void {
    if (this.closed) throw new StoreClosedError('the bus of the cache');
  }
}

function shown(key: string): string {
  return key.length > SHOWN ? `${key.slice(0, SHOWN)}…` : key;
}
