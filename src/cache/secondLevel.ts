import { lastValueFrom, merge, Observable, ReplaySubject, type SchedulerLike, Subscription, tap, timer } from 'rxjs';
import type { CacheAnswer, CacheAsk, CacheLanding, CacheStore } from '../core/cacheStore.ts';
import { toError } from '../core/errors.ts';
import type { Notify } from '../core/notice.ts';
import { StoreFullError } from '../core/storeErrors.ts';
import type { CacheBooks } from './cacheBooks.ts';

export interface SecondLevelOptions {
  readonly store: CacheStore;
  /** The cache's. */
  readonly name: string;
  readonly notify: Notify;
  readonly books: CacheBooks;
  readonly scheduler: SchedulerLike;
}

/** How long the store may take to answer, in ms. */
const PATIENCE_MS = 500;
/** For how long it is left alone after it failed, in ms. */
const PAUSE_MS = 1_000;

/**
 * The store, as long as it can be used: of a call that fails or takes too long nothing comes, and for a while none is made.
 *
 * | state  | event                        | next   | effect                                      |
 * |--------|------------------------------|--------|---------------------------------------------|
 * | there  | a call fails, or is late     | away   | a notice                                    |
 * | away   | a call within the pause      | away   | it is not made                              |
 * | away   | a call behind the pause      | away   | it is made; others pause meanwhile          |
 * | away   | a call succeeds              | there  | a notice                                    |
 */
export class SecondLevel {
  private away = false;
  private notBeforeMs = -Infinity;
  private full = false;
  private closed = false;
  private readonly dropping = new Set<ReplaySubject<never>>();

  constructor(private readonly options: SecondLevelOptions) {}

  /** Whether it would not be asked now. */
  get paused(): boolean {
    return this.away && this.options.scheduler.now() < this.notBeforeMs;
  }

  /** As the store's; undefined if it can't be used. Who goes away leaves no flight behind. */
  ask(key: string, request: CacheAsk): Observable<CacheAnswer | undefined> {
    const { store, name } = this.options;
    const undo = (answer: CacheAnswer) => {
      if (answer.flight === 'yours') this.drop(key, request.token);
    };
    return this.call(store.ask({ cache: name, key }, request), undo);
  }

  renew(key: string, token: string, leaseMs: number): Observable<boolean | undefined> {
    return this.call(this.options.store.renew(this.place(key), token, leaseMs));
  }

  /** As the store's; undefined if it can't be used, or is full. */
  land(key: string, token: string, landed: CacheLanding): Observable<boolean | undefined> {
    const landing = this.options.store.land(this.place(key), token, landed);
    return this.call(landing).pipe(tap((kept) => this.roomFor(kept)));
  }

  /** Unless it is told, the flight ends by itself. */
  drop(key: string, token: string): void {
    const over = new ReplaySubject<never>();
    this.dropping.add(over);
    const done = () => {
      this.dropping.delete(over);
      over.complete();
    };
    this.call(this.options.store.drop(this.place(key), token)).subscribe({ complete: done });
  }

  /** Completes once every flight that was dropped so far is, or won't be. What fails from now on is told to nobody. */
  close(): Observable<never> {
    this.closed = true;
    return merge(...this.dropping);
  }

  /** Rejects if the store can't be used. */
  async remove(key: string): Promise<void> {
    await lastValueFrom(this.options.store.remove(this.place(key)));
  }

  /** Rejects if the store can't be used. */
  async clear(): Promise<void> {
    await lastValueFrom(this.options.store.clear(this.options.name));
  }

  private place(key: string) {
    return { cache: this.options.name, key };
  }

  /** @param late what to do about an answer that nobody waits for any more */
  private call<T>(call: Observable<T>, late: (answer: T) => void = () => undefined): Observable<T | undefined> {
    return new Observable((subscriber) => {
      if (this.paused) {
        subscriber.next(undefined);
        return subscriber.complete();
      }
      const { scheduler } = this.options;
      if (this.away) this.notBeforeMs = scheduler.now() + PAUSE_MS;
      const give = (answer: T | undefined) => {
        patience.unsubscribe();
        subscriber.next(answer);
        subscriber.complete();
      };
      const patience = new Subscription();
      subscriber.add(patience);
      // What was sent is done: unsubscribing does not end it, or a flight would be left behind.
      call.subscribe({
        next: (answer) => {
          this.came();
          if (subscriber.closed) late(answer);
          else give(answer);
        },
        error: (cause) => {
          this.failed(toError(cause));
          if (!subscriber.closed) give(undefined);
        },
      });
      if (subscriber.closed) return;
      const waited = timer(PATIENCE_MS, scheduler).subscribe(() => {
        this.failed(new Error(`no answer within ${PATIENCE_MS} ms`));
        give(undefined);
      });
      patience.add(waited);
    });
  }

  private came(): void {
    if (!this.away) return;
    this.away = false;
    const { name, notify } = this.options;
    notify({ level: 'info', code: 'CACHE_STORE', message: `cache '${name}' can use its store again` });
  }

  private roomFor(kept: boolean | undefined): void {
    if (kept) this.full = false;
  }

  private failed(error: Error): void {
    const { name, notify, books, scheduler } = this.options;
    if (this.closed) return;
    books.storeFailures += 1;
    if (error instanceof StoreFullError) return this.hasNoRoom(error);
    this.notBeforeMs = scheduler.now() + PAUSE_MS;
    if (this.away) return;
    this.away = true;
    const message = `cache '${name}' can't use its store, and goes on with what this process has: ${error.message}`;
    notify({ level: 'warn', code: 'CACHE_STORE', message, error });
  }

  /** Flights it still has, so it is not left alone. */
  private hasNoRoom(error: StoreFullError): void {
    if (this.full) return;
    this.full = true;
    const { name, notify } = this.options;
    const message = `cache '${name}' finds its store full, and keeps what it fetches in this process alone: ${error.message}`;
    notify({ level: 'warn', code: 'CACHE_STORE', message, error });
  }
}
