import { asyncScheduler, Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import type { CacheStore } from '../../core/cacheStore.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import type {
  AppendedRef,
  Attendance,
  Attendee,
  CreateGroupRequest,
  DeadLetter,
  DeadLetterRequest,
  DelayedRecord,
  DelayedRef,
  Durability,
  Entry,
  EntryRef,
  HeldEntry,
  JoinOptions,
  KeyState,
  LetterChanges,
  Member,
  PartitionCounts,
  RateLimits,
  ReadPage,
  ReadRequest,
  RemovedGroup,
  RemoveGroupRequest,
  ScheduledRef,
  SeenRequest,
  Settlement,
  StoreFeature,
  StoreRecord,
  StreamStats,
  StreamStore,
  Taken,
  TakeRequest,
  TidyRequest,
  TidyResult,
  TokenGrant,
  TokenRequest,
  TrimBounds,
  TrimResult,
  Turn,
} from '../../core/store.ts';
import { DurabilityError, FencedError, NoGroupError, StoreClosedError } from '../../core/storeErrors.ts';
import { AttendanceLists } from './attendanceLists.ts';
import { bytesOf } from './bytesOf.ts';
import { Limits } from './limits.ts';
import { makeRoom } from './makeRoom.ts';
import { MemoryCache } from './memoryCache.ts';
import { type GroupDesk, MemoryStream } from './memoryStream.ts';
import { SeenList } from './seenList.ts';
import { Space } from './space.ts';
import { Turns } from './turns.ts';

export interface MemoryStoreOptions {
  /** The most that may be kept, in bytes: payloads, texts, and 160 bytes an entry. @default 536_870_912 */
  readonly maxBytes?: number;
  /** The most that may be kept for caches, beside that, in bytes. @default 67_108_864 */
  readonly cacheBytes?: number;
  /** The clock and the timers. @default asyncScheduler, so `TestScheduler.run` makes time virtual */
  readonly scheduler?: SchedulerLike;
}

/**
 * A store in this process: the embedded default, and the reference for what a store does.
 *
 * Every reply comes at once, before `subscribe` returns, unless the call has to wait or was made while another is being
 * replied to. Streams are made by the first append or group. What the groups of a stream are done with stays for new
 * groups and views as long as there is room; the oldest goes when there is none. What a group still owes is never
 * dropped, unless `trim` is told to by its byte bound, which ends it for the group: so no entry is ever `lost`.
 *
 * Memory: at most `maxBytes`, and what is dead-lettered beyond that; `cacheBytes` for caches.
 * Errors: `append` fails with `StoreFullError` when everything kept is still owed.
 *
 * @example
 * await using bus = await connect({ store: memoryStore({ maxBytes: 64 * 1024 * 1024 }) });
 *
 * @throws {InvalidOptionError} if maxBytes or cacheBytes is no whole number from 1
 */
export function memoryStore(options: MemoryStoreOptions = {}): StreamStore {
  const { maxBytes = 512 * 1024 * 1024, cacheBytes = 64 * 1024 * 1024, scheduler = asyncScheduler } = options;
  for (const [option, bytes] of Object.entries({ maxBytes, cacheBytes })) {
    if (!Number.isSafeInteger(bytes) || bytes < 1) throw new InvalidOptionError(option, bytes, 'a whole number from 1');
  }
  return new MemoryStore(maxBytes, cacheBytes, scheduler);
}

class MemoryStore implements StreamStore {
  readonly name = 'memory';
  readonly features: ReadonlySet<StoreFeature> = new Set();
  readonly cache: CacheStore;
  private readonly space: Space;
  private readonly turns = new Turns();
  private readonly limits = new Limits();
  private readonly seenLists = new Map<string, SeenList>();
  private readonly streams = new Map<string, MemoryStream>();
  private readonly attendance = new AttendanceLists();
  private readonly partitions = new Map<string, number>();
  private closed = false;

  constructor(
    maxBytes: number,
    cacheBytes: number,
    private readonly scheduler: SchedulerLike,
  ) {
    this.space = new Space(maxBytes);
    this.cache = this.cacheStore(new MemoryCache(cacheBytes));
  }

  open(): Observable<void> {
    return this.answer(() => undefined);
  }

  append(stream: string, records: readonly StoreRecord[], turn?: Turn): Observable<readonly AppendedRef[]> {
    return this.answer(() => {
      const repeated = turn && this.streams.get(stream)?.answerTo(turn);
      if (repeated) return repeated;
      this.takeSpace(stream, records);
      return this.stream(stream).append(records, turn);
    });
  }

  schedule(stream: string, records: readonly DelayedRecord[], turn?: Turn): Observable<readonly ScheduledRef[]> {
    return this.answer(() => {
      const repeated = turn && this.streams.get(stream)?.answerTo(turn);
      if (repeated) return repeated;
      this.takeSpace(stream, records);
      return this.stream(stream).schedule(records, turn);
    });
  }

  cancel(stream: string, delayed: readonly DelayedRef[]): Observable<number> {
    return this.answer(() => this.streams.get(stream)?.cancel(delayed) ?? 0);
  }

  checkDurability(_stream: string, { level }: Durability): Observable<void> {
    return this.answer(() => {
      throw new DurabilityError(
        `durability: '${level}' is more than memory can do: connect to a Redis that replicates or writes to disk, or leave it at 'memory'`,
        level,
      );
    });
  }

  createGroup(request: CreateGroupRequest): Observable<void> {
    return this.answer(() => this.stream(request.stream).createGroup(request));
  }

  join(member: Member, leaseMs: number, { exclusive = false }: JoinOptions = {}): Observable<void> {
    return this.answer(() => {
      const { group, takes } = this.desk(member);
      group.join(member, leaseMs, exclusive, this.scheduler.now());
      takes.wake();
    });
  }

  renew(member: Member, leaseMs: number): Observable<void> {
    return this.answer(() => {
      const { members } = this.desk(member).group;
      members.renew(members.get(member), this.scheduler.now() + leaseMs);
    });
  }

  leave(member: Member): Observable<void> {
    return this.answer(() => {
      const desk = this.streams.get(member.stream)?.findDesk(member.group);
      desk?.group.leave(member.consumer, this.scheduler.now());
      desk?.takes.fail(new FencedError(member), member.consumer);
      desk?.takes.wake();
    });
  }

  take({ member, credit, waitMs, signal }: TakeRequest): Observable<Taken> {
    return this.call((subscriber) => {
      const { group, takes } = this.desk(member);
      group.members.get(member);
      const find = (nowMs: number) => taken(group.take(member, credit, nowMs));
      takes.add({ asker: member.consumer, waitMs, signal, find, nothing: () => NOTHING_TAKEN }, subscriber);
    });
  }

  settle(member: Member, settlements: readonly Settlement[]): Observable<void> {
    return this.answer(() => {
      const { group, takes } = this.desk(member);
      this.checkRoom(member.stream, settlements);
      const outputs = group.settle(member, settlements, this.scheduler.now());
      this.space.take(bytesOfAll(outputs));
      if (outputs.length > 0) this.stream(member.stream).append(outputs);
      takes.wake();
    });
  }

  again(member: Member, entries: readonly HeldEntry[]): Observable<readonly EntryRef[]> {
    return this.answer(() => this.desk(member).group.again(member, entries));
  }

  attend(attendance: Attendance, leaseMs: number): Observable<readonly Attendee[]> {
    return this.answer(() => this.attendance.attend(attendance, leaseMs, this.scheduler.now()));
  }

  depart(attendance: Attendance): Observable<void> {
    return this.answer(() => this.attendance.depart(attendance));
  }

  bind(partitions: PartitionCounts): Observable<PartitionCounts> {
    return this.answer(() => {
      for (const [stream, count] of Object.entries(partitions)) {
        if (!this.partitions.has(stream)) this.partitions.set(stream, count);
      }
      return Object.fromEntries(
        Object.keys(partitions).map((stream) => [stream, this.partitions.get(stream) as number]),
      );
    });
  }

  bindings(): Observable<PartitionCounts> {
    return this.answer(() => Object.fromEntries(this.partitions));
  }

  read({ stream: name, from, count, waitMs, signal }: ReadRequest): Observable<ReadPage> {
    return this.call((subscriber) => {
      const stream = this.stream(name);
      const cursor = typeof from === 'object' && 'cursor' in from ? from.cursor : stream.cursor(from);
      const find = () => found(stream.read(cursor, count));
      stream.views.add({ waitMs, signal, find, nothing: () => ({ entries: [], cursor }) }, subscriber);
    });
  }

  stats(stream: string): Observable<StreamStats> {
    return this.answer(() => (this.streams.get(stream) ?? this.newStream(stream)).stats);
  }

  trim(stream: string, bounds: TrimBounds): Observable<TrimResult> {
    return this.answer(() => this.streams.get(stream)?.trim(bounds) ?? { removed: 0, owed: 0 });
  }

  tidy(stream: string, request: TidyRequest): Observable<TidyResult> {
    return this.answer(() => this.streams.get(stream)?.tidy(request) ?? { consumers: 0, expired: [] });
  }

  removeGroup({ stream, group, force = false }: RemoveGroupRequest): Observable<RemovedGroup> {
    return this.answer(
      () => this.streams.get(stream)?.removeGroup(group, force) ?? { removed: false, members: 0, owed: 0 },
    );
  }

  deadLetters(stream: string, request: DeadLetterRequest): Observable<readonly DeadLetter[]> {
    return this.answer(() => this.streams.get(stream)?.deadLetters.page(request) ?? []);
  }

  replay(stream: string, ids: readonly string[], changes?: LetterChanges): Observable<number> {
    return this.answer(() => this.streams.get(stream)?.replay(ids, changes) ?? 0);
  }

  purge(stream: string, ids: readonly string[]): Observable<number> {
    return this.answer(() => this.streams.get(stream)?.purge(ids) ?? 0);
  }

  takeTokens(limit: string, request: TokenRequest): Observable<TokenGrant> {
    return this.answer(() => this.limits.take(limit, request, this.scheduler.now()));
  }

  setLimits(limit: string, limits: RateLimits): Observable<void> {
    return this.answer(() => this.limits.set(limit, limits, this.scheduler.now()));
  }

  seen(list: string, request: SeenRequest): Observable<readonly KeyState[]> {
    return this.answer(() => {
      const known = this.seenLists.get(list) ?? new SeenList();
      this.seenLists.set(list, known);
      return known.ask(request, this.scheduler.now());
    });
  }

  close(): Observable<void> {
    return new Observable((subscriber) => {
      const streams = [...this.streams.values()];
      this.closed = true;
      this.streams.clear();
      for (const stream of streams) stream.close(new StoreClosedError());
      subscriber.next();
      subscriber.complete();
    });
  }

  private cacheStore(cache: MemoryCache): CacheStore {
    const now = () => this.scheduler.now();
    return {
      ask: (place, request) => this.answer(() => cache.ask(place, request, now())),
      renew: (place, token, leaseMs) => this.answer(() => cache.renew(place, token, now() + leaseMs, now())),
      land: (place, token, landed) => this.answer(() => cache.land(place, token, landed, now())),
      drop: (place, token) => this.answer(() => cache.drop(place, token)),
      remove: (place) => this.answer(() => cache.remove(place)),
      clear: (name) => this.answer(() => cache.clear(name)),
    };
  }

  /** @throws {StoreFullError} if there is no room */
  private takeSpace(stream: string, records: readonly StoreRecord[]): void {
    const bytes = bytesOfAll(records);
    if (this.space.lack(bytes) > 0) makeRoom({ stream, count: records.length, bytes }, this.streams, this.space);
    this.space.take(bytes);
  }

  /** @throws {StoreFullError} if there is no room for what would be appended, before anything is settled */
  private checkRoom(stream: string, settlements: readonly Settlement[]): void {
    const outputs = settlements.flatMap((settlement) => settlement.outputs ?? []);
    const bytes = bytesOfAll(outputs);
    if (this.space.lack(bytes) > 0) makeRoom({ stream, count: outputs.length, bytes }, this.streams, this.space);
  }

  private answer<T>(run: () => T): Observable<T> {
    return this.call((subscriber) => {
      subscriber.next(run());
      subscriber.complete();
    });
  }

  private call<T>(run: (subscriber: Subscriber<T>) => void): Observable<T> {
    return new Observable((subscriber) => {
      if (this.closed) return subscriber.error(new StoreClosedError());
      run(subscriber);
    });
  }

  private stream(name: string): MemoryStream {
    const stream = this.streams.get(name) ?? this.newStream(name);
    this.streams.set(name, stream);
    return stream;
  }

  private newStream(name: string): MemoryStream {
    const { scheduler, turns, space } = this;
    return new MemoryStream({ name, scheduler, turns, space });
  }

  private desk(member: Member): GroupDesk {
    const stream = this.streams.get(member.stream);
    if (!stream) throw new NoGroupError(member);
    return stream.desk(member.group);
  }
}

function bytesOfAll(records: readonly StoreRecord[]): number {
  return records.reduce((sum, record) => sum + bytesOf(record), 0);
}

const NOTHING_TAKEN: Taken = { entries: [], lost: [] };

function taken(entries: readonly Entry[]): Taken | undefined {
  return entries.length === 0 ? undefined : { entries, lost: NOTHING_TAKEN.lost };
}

function found(page: ReadPage): ReadPage | undefined {
  return page.entries.length === 0 ? undefined : page;
}
