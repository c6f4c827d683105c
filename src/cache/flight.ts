import { randomUUID } from 'node:crypto';
import { defer, type SchedulerLike, Subscription, takeWhile, timer } from 'rxjs';
import type { CacheAnswer, CacheEntry } from '../core/cacheStore.ts';
import { toError } from '../core/errors.ts';
import type { CacheBooks } from './cacheBooks.ts';
import type { WholeCacheOptions } from './cacheOptions.ts';
import { errorKeptMs, LONGEST_KEPT_MS, valueKeptMs } from './cachePolicy.ts';
import type { CacheRequest } from './cacheRequest.ts';
import { Collecting } from './collecting.ts';
import { textOf } from './entryText.ts';
import type { FirstLevel } from './firstLevel.ts';
import { FlightLease } from './flightLease.ts';
import { keptErrorOf, takesError } from './keptError.ts';
import { fetchedEntry, type LocalEntry, storedEntry } from './localEntry.ts';
import { PATIENCE_MS, type SecondLevel } from './secondLevel.ts';

/** What a flight needs of its cache. */
export interface FlightPort {
  readonly options: WholeCacheOptions;
  readonly first: FirstLevel;
  /** Absent for a cache of this process alone. */
  readonly second: SecondLevel | undefined;
  readonly books: CacheBooks;
  readonly scheduler: SchedulerLike;
  /** Asks the cache anew on behalf of a request. */
  again(request: CacheRequest): void;
  /** From now on requests don't join it any more. */
  detached(flight: Flight): void;
  ended(flight: Flight): void;
  /** A flight has brought something. */
  landed(): void;
  failed(key: string, error: Error, background: boolean): void;
  bypassed(key: string, why: string): void;
}

/** While it waits for another process it asks after a quarter of the time that it has waited, within these bounds, in ms. */
const ASK_AGAIN_MS = { least: 10, most: 250 };

const NEVER_FRESH = { valueMs: 0, errorMs: 0 };
const EVER_FRESH = { valueMs: LONGEST_KEPT_MS, errorMs: LONGEST_KEPT_MS };

type Answered = (answer: CacheAnswer | undefined, askedMs: number) => void;

/**
 * The one effort of this process for a key: it asks the store, waits for another process's flight or fetches the key, and
 * answers all who wait for that.
 *
 * | state   | event                                   | next    | effect                                              |
 * |---------|-----------------------------------------|---------|-----------------------------------------------------|
 * | asking  | the store has it fresh                  | over    | all who wait get it; those who want it fresher ask anew |
 * | asking  | not fresh                               |         | who takes it stale gets it, the rest waits          |
 * | asking  | … and the flight is ours; or no store   | flying  | the source is subscribed to                         |
 * | asking  | … and another's                         | waiting | or over, if nobody waits                            |
 * | waiting | a while                                 | asking  |                                                     |
 * | waiting | `waitMs`                                | flying  | what it brings is not kept                          |
 * | flying  | the source completes, or errs as named  | landing | it is kept, if the flight is still ours             |
 * | flying  | too large, or no JSON                   | passing | all who wait get what the source emits, uncached    |
 * | flying  | nobody waits for `waitMs`               | over    | it is as if the source had erred                    |
 * | flying  | the source errs, and something is kept  | landing | the store is asked whether that still is            |
 * | flying  | … and nothing is kept                   | over    | all who wait get the error                          |
 * | landing | the store has answered                  | over    | all who wait get it; or what is kept, if they take it, or the error |
 * | any     | nobody waits, and none was given it stale | over  | the flight is given up                              |
 *
 * Detached, because its key was removed or its flight was lost, it goes on for those who wait; what it brings is not kept.
 */
export class Flight {
  private readonly token = randomUUID();
  private readonly waiting = new Set<CacheRequest>();
  private readonly work = new Subscription();
  private readonly lease: FlightLease;
  private state: 'asking' | 'waiting' | 'flying' | 'landing' | 'passing' | 'over' = 'asking';
  private holds: 'nothing' | 'flight' | 'all' = 'nothing';
  private lost = false;
  /** What the store has is of no use, however fresh. */
  private distrusts = false;
  private waitingSinceMs: number | undefined;
  /** The error that is kept. */
  private cause: Error | undefined;

  /**
   * @param first who makes the source, and says what is fresh
   * @param kept what this process has, fresh or not
   * @param background whether it goes on though nobody waits
   */
  constructor(
    private readonly port: FlightPort,
    private readonly first: CacheRequest,
    private kept: LocalEntry | undefined,
    private background: boolean,
  ) {
    const { second, options, scheduler } = port;
    this.lease = new FlightLease({ key: first.key, token: this.token, second, options, scheduler });
  }

  get key(): string {
    return this.first.key;
  }

  start(): void {
    this.ask();
  }

  join(request: CacheRequest): void {
    this.waiting.add(request);
  }

  leave(request: CacheRequest): void {
    if (this.waiting.delete(request) && !this.wanted) this.end();
  }

  /** What it brings is not to be kept. */
  detach(): void {
    this.lost = true;
    this.port.detached(this);
  }

  close(error: Error): void {
    const waiting = [...this.waiting];
    this.end();
    for (const request of waiting) request.fail(error);
  }

  private get wanted(): boolean {
    if (this.waiting.size > 0) return true;
    return this.background && (this.state === 'asking' || this.state === 'flying' || this.state === 'landing');
  }

  private ask(): void {
    const { second } = this.port;
    this.state = 'asking';
    if (!second) return this.alone();
    this.askStore(second, this.distrusts ? NEVER_FRESH : this.first.fresh, (answer, askedMs) =>
      answer ? this.answered(answer, askedMs) : this.alone(),
    );
  }

  private askStore(second: SecondLevel, { valueMs, errorMs }: CacheRequest['fresh'], answered: Answered): void {
    const { scheduler, options } = this.port;
    const askedMs = scheduler.now();
    const request = {
      token: this.token,
      leaseMs: options.leaseMs,
      freshMs: valueMs,
      freshErrorMs: errorMs,
      known: this.kept?.version,
    };
    const asked = second.ask(this.key, request).subscribe((answer) => {
      if (answer?.flight === 'yours') this.holds = 'flight';
      // This process has stood still: what the store said then says nothing about now.
      if (answer && scheduler.now() - askedMs > PATIENCE_MS) this.askStore(second, { valueMs, errorMs }, answered);
      else answered(answer, askedMs);
    });
    this.work.add(asked);
  }

  /** Without a store: what this process has counts, and what it fetches is kept here. */
  private alone(): void {
    this.holds = 'all';
    if (this.kept && this.first.worth(this.kept) === 'fresh') return this.arrived(this.kept, 'hit');
    this.offerStale();
    if (this.wanted) this.fly();
  }

  private answered({ kept, flight }: CacheAnswer, askedMs: number): void {
    const entry = this.take(kept, askedMs);
    if (flight === 'none') {
      if (entry && this.takes(entry)) return this.arrived(entry, 'hit');
      this.distrusts = true;
      return this.ask();
    }
    this.offerStale();
    if (!this.wanted) return this.end();
    if (flight === 'yours') this.fly();
    else this.wait(flight.heldMs);
  }

  private takes({ error }: LocalEntry): boolean {
    return error === undefined || takesError(error, this.first.policy);
  }

  /** Takes over what the store has; undefined if that is nothing, or can't be read. */
  private take(answer: CacheEntry | undefined, askedMs: number): LocalEntry | undefined {
    const at = { askedMs, nowMs: this.port.scheduler.now() };
    this.kept = answer && storedEntry(this.key, answer, this.kept, at);
    if (!this.lost) this.keep(this.kept);
    return this.kept;
  }

  private keep(entry: LocalEntry | undefined): void {
    if (entry) this.port.first.set(this.key, entry);
    else this.port.first.delete(this.key);
  }

  private offerStale(): void {
    const { kept } = this;
    if (!kept) return;
    for (const request of [...this.waiting]) {
      if (request.worth(kept) !== 'stale') continue;
      this.waiting.delete(request);
      this.background = true;
      request.hand(kept, 'stale');
    }
  }

  private wait(heldMs: number): void {
    const { scheduler, books, options } = this.port;
    const nowMs = scheduler.now();
    if (this.waitingSinceMs === undefined) books.waits += 1;
    this.waitingSinceMs ??= nowMs;
    const waitedMs = nowMs - this.waitingSinceMs;
    if (waitedMs >= options.waitMs) return this.fly();
    this.state = 'waiting';
    // Nobody needs it in the background any more: another process fetches it.
    if (!this.wanted) return this.end();
    const nextMs = Math.min(ASK_AGAIN_MS.most, Math.max(ASK_AGAIN_MS.least, Math.ceil(waitedMs / 4)), heldMs + 1);
    this.work.add(timer(Math.min(nextMs, options.waitMs - waitedMs), scheduler).subscribe(() => this.ask()));
  }

  private fly(): void {
    const { books, options } = this.port;
    this.state = 'flying';
    books.flights += 1;
    this.lease.renew((held) => this.renewed(held));
    if (this.background) this.lease.limit(() => this.leftAlone());
    const collecting = new Collecting(options.maxEntryBytes);
    const source = defer(this.first.source).pipe(takeWhile(() => this.state !== 'over'));
    const flying = source.subscribe({
      next: (value) => {
        if (this.state === 'passing') return this.passOn(value);
        const why = collecting.add(value);
        if (why !== undefined) this.pass(collecting.values, why);
      },
      error: (cause) => this.failed(toError(cause)),
      complete: () => {
        if (this.state === 'passing') this.passed();
        else if (this.state === 'flying') this.land(collecting.list, false);
      },
    });
    this.work.add(flying);
  }

  /** Who holds no flight could not notice a removal: so nobody joins it any more once the store can be reached. */
  private renewed(held: boolean): void {
    if (held) this.holds = 'flight';
    else this.detach();
  }

  /** Nobody can leave what nobody waits for: a source that never completes would have the key for good. */
  private leftAlone(): void {
    this.background = false;
    const { waitMs } = this.port.options;
    if (!this.wanted) this.failed(new Error(`the source has not completed within ${waitMs} ms (\`waitMs\`)`));
  }

  private failed(error: Error): void {
    if (this.state === 'passing') return this.passed(error);
    const kept = keptErrorOf(error, this.first.policy);
    if (kept) {
      this.cause = error;
      return this.land(textOf(kept), true);
    }
    const { second, books } = this.port;
    books.failedFlights += 1;
    this.port.failed(this.key, error, this.waiting.size === 0);
    if (!second || !this.kept || this.waiting.size === 0) return this.refused(error);
    this.state = 'landing';
    this.lease.end();
    this.askStore(second, EVER_FRESH, (answer, askedMs) => {
      if (answer) this.take(answer.kept, askedMs);
      this.refused(error);
    });
  }

  private refused(error: Error): void {
    const waiting = [...this.waiting];
    this.end();
    for (const request of waiting) this.answerInstead(request, error);
  }

  private answerInstead(request: CacheRequest, error: Error): void {
    const worth = this.kept ? request.worth(this.kept) : 'none';
    if (this.kept && worth === 'fresh') request.hand(this.kept, 'hit');
    else if (this.kept && worth !== 'none') request.hand(this.kept, 'stale', error);
    else request.fail(error);
  }

  private land(payload: string, error: boolean): void {
    this.state = 'landing';
    this.lease.end();
    const { second } = this.port;
    const { policy } = this.first;
    const landed = { error, payload, keepMs: error ? errorKeptMs(policy) : valueKeptMs(policy) };
    const entry = fetchedEntry(this.key, landed, this.token, this.port.scheduler.now());
    if (this.holds !== 'flight' || !second) return this.landed(entry, this.holds === 'all');
    const landing = second.land(this.key, this.token, landed);
    this.work.add(
      landing.subscribe((kept) => {
        // A full store has not taken it, nor ended the flight.
        if (kept === undefined) second.drop(this.key, this.token);
        this.landed(entry, kept !== false);
      }),
    );
  }

  private landed(entry: LocalEntry, kept: boolean): void {
    this.holds = 'nothing';
    this.port.landed();
    if (kept && !this.lost) this.keep(entry);
    else this.port.books.lostFlights += 1;
    this.arrived(entry, 'miss');
  }

  private arrived(entry: LocalEntry, state: 'hit' | 'miss'): void {
    const waiting = [...this.waiting];
    this.end();
    for (const request of waiting) {
      if (state === 'miss' || request.worth(entry) === 'fresh') request.hand(entry, state, this.cause);
      else this.port.again(request);
    }
  }

  private pass(values: readonly unknown[], why: string): void {
    this.state = 'passing';
    this.port.bypassed(this.key, why);
    this.giveUp();
    this.port.detached(this);
    for (const request of [...this.waiting]) request.pass(values);
    if (!this.wanted) this.end();
  }

  private passOn(value: unknown): void {
    for (const request of [...this.waiting]) request.passOn(value);
  }

  private passed(error?: Error): void {
    const waiting = [...this.waiting];
    this.end();
    for (const request of waiting) request.passed(error);
  }

  private end(): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.waiting.clear();
    this.giveUp();
    this.work.unsubscribe();
    this.port.ended(this);
  }

  private giveUp(): void {
    this.lease.end();
    if (this.holds === 'flight') this.port.second?.drop(this.key, this.token);
    this.holds = 'nothing';
  }
}
