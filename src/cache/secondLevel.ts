import {
  defer,
  EMPTY,
  elementAt,
  ignoreElements,
  interval,
  lastValueFrom,
  Observable,
  type SchedulerLike,
  Subject,
  Subscription,
  takeUntil,
  takeWhile,
  tap,
  timer,
} from 'rxjs';
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

interface CallOptions<T> {
  /** What to do about an answer that nobody waits for any more. */
  readonly late?: (answer: T) => void;
  /** Whether it is made while the store is left alone. */
  readonly anyway?: boolean;
}

/** How long the store may take to answer, in ms. */
export const PATIENCE_MS = 500;
/** For how long it is left alone after it failed, in ms. */
const PAUSE_MS = 1_000;

/**
 * The store, as long as it can be used: of a call that fails or takes too long nothing comes, and for a while none is made.
 *
 * | state  | event                        | next   | effect                                      |
 * |--------|------------------------------|--------|---------------------------------------------|
 * | there  | a call fails, or is late     | away   | a notice; what comes later says nothing     |
 * | away   | a call within the pause      | away   | it is not made, unless it ends a flight     |
 * | away   | a call behind the pause      | away   | it is made; others pause meanwhile          |
 * | away   | a call succeeds              | there  | a notice                                    |
 */
export class SecondLevel {
  private away = false;
  private notBeforeMs = -Infinity;
  private full = false;
  private closed = false;
  /** How many calls are waited for, and whenever one is not any more. */
  private open = 0;
  private readonly ended = new Subject<void>();

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
    return this.call(store.ask({ cache: name, key }, request), { late: undo });
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
    this.call(this.options.store.drop(this.place(key), token), { anyway: true }).subscribe();
  }

  /**
   * Completes once no flight is left behind: one that is just being asked for is dropped too. What fails from now on is
   * told to nobody.
   */
  close(): Observable<never> {
    this.closed = true;
    const over = timer(2 * PATIENCE_MS, this.options.scheduler);
    const waited = this.ended.pipe(
      takeWhile(() => this.open > 0),
      takeUntil(over),
      ignoreElements(),
    );
    return defer(() => (this.open === 0 ? EMPTY : waited));
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

  /** Who goes away leaves the call alone: what was sent is done, and how long its answer takes says how the store is. */
  private call<T>(call: Observable<T>, { late, anyway = false }: CallOptions<T> = {}): Observable<T | undefined> {
    return new Observable((subscriber) => {
      const give = (answer: T | undefined) => {
        subscriber.next(answer);
        subscriber.complete();
      };
      if (this.paused && !anyway) return give(undefined);
      const waited = this.begun();
      call.subscribe({
        next: (answer) => {
          if (!waited.closed) this.came();
          if (subscriber.closed) late?.(answer);
          waited.unsubscribe();
          give(answer);
        },
        error: (cause) => {
          if (!waited.closed) this.failed(toError(cause));
          waited.unsubscribe();
          give(undefined);
        },
      });
      if (waited.closed) return;
      const impatient = patience(this.options.scheduler).subscribe(() => {
        waited.unsubscribe();
        this.failed(new Error(`no answer within ${PATIENCE_MS} ms`));
        give(undefined);
      });
      waited.add(impatient);
    });
  }

  /** A call is sent. @returns what is closed once it is not waited for any more */
  private begun(): Subscription {
    if (this.away) this.notBeforeMs = this.options.scheduler.now() + PAUSE_MS;
    this.open += 1;
    return new Subscription(() => {
      this.open -= 1;
      this.ended.next();
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

/** In two halves: a process that has stood still reads between them what came meanwhile, and does not take that for late. */
function patience(scheduler: SchedulerLike): Observable<unknown> {
  return interval(PATIENCE_MS / 2, scheduler).pipe(elementAt(1));
}
