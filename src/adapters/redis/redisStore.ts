import { catchError, type Observable, throwError } from 'rxjs';
import type { CacheStore } from '../../core/cacheStore.ts';
import type {
  Attendance,
  CreateGroupRequest,
  DeadLetterRequest,
  DelayedRecord,
  DelayedRef,
  Durability,
  HeldEntry,
  JoinOptions,
  LetterChanges,
  Member,
  PartitionCounts,
  RateLimits,
  ReadPage,
  ReadRequest,
  RemoveGroupRequest,
  SeenRequest,
  Settlement,
  StoreFeature,
  StoreRecord,
  StreamStore,
  Taken,
  TakeRequest,
  TidyRequest,
  TokenRequest,
  TrimBounds,
  Turn,
} from '../../core/store.ts';
import { FencedError, NoGroupError } from '../../core/storeErrors.ts';
import { again } from './again.ts';
import { append } from './append.ts';
import { attend, bind, bindings, depart } from './attendance.ts';
import { redisCache } from './cache.ts';
import { Calls } from './calls.ts';
import { deadLetters, purge, replay } from './deadLetters.ts';
import { checkDurability } from './durable.ts';
import { setLimits, takeTokens } from './limits.ts';
import { MemberStates } from './memberStates.ts';
import { Membership } from './membership.ts';
import { Promoter } from './promoter.ts';
import { readPage } from './readPage.ts';
import type { RedisStoreOptions } from './redisStoreOptions.ts';
import { cancel, schedule } from './schedule.ts';
import { seen } from './seen.ts';
import { Server } from './server.ts';
import { type Settings, settingsOf } from './settings.ts';
import { settle } from './settle.ts';
import { stats } from './stats.ts';
import { Taking } from './taking.ts';
import { removeGroup, tidy } from './tidy.ts';
import type { Topology } from './topology.ts';
import { topologyOf } from './topologyOf.ts';
import { trim } from './trim.ts';
import { Waits } from './waits.ts';

/**
 * A store on Redis 7.0 or newer, or Valkey. Nothing connects before the first call; `open()` does, and checks the server.
 *
 * @throws {InvalidOptionError} if an option can't be used
 */
export function redisStore(options: RedisStoreOptions = {}): StreamStore {
  return new RedisStore(settingsOf(options));
}

class RedisStore implements StreamStore {
  readonly name = 'redis';
  readonly features: ReadonlySet<StoreFeature> = new Set(['shared', 'raw', 'turns', 'durable']);
  readonly cache: CacheStore;
  private readonly redis: Server;
  private readonly topology: Topology;
  private readonly calls: Calls;
  private readonly waits = new Waits();
  private readonly states = new MemberStates();
  private readonly membership: Membership;
  private readonly taking: Taking;
  private readonly promoter: Promoter;

  constructor(settings: Settings) {
    this.topology = topologyOf(settings);
    this.redis = new Server(settings, this.topology);
    this.calls = new Calls(this.topology.where);
    this.cache = redisCache(this.redis, this.calls);
    this.membership = new Membership(this.redis, this.states, this.waits);
    this.promoter = new Promoter(this.redis);
    this.taking = new Taking(this.redis, this.states, this.waits);
  }

  get server() {
    return this.topology.server;
  }

  open() {
    return this.calls.call({}, () => this.topology.open());
  }

  append(stream: string, records: readonly StoreRecord[], turn?: Turn, durability?: Durability) {
    return this.calls.call({ stream }, () => append(this.redis, stream, records, turn, durability));
  }

  schedule(stream: string, records: readonly DelayedRecord[], turn?: Turn, durability?: Durability) {
    return this.calls.call({ stream }, () => schedule(this.redis, this.promoter, stream, records, turn, durability));
  }

  cancel(stream: string, delayed: readonly DelayedRef[]) {
    return this.calls.call({ stream }, () => cancel(this.redis, stream, delayed));
  }

  checkDurability(stream: string, durability: Durability) {
    return this.calls.call({ stream }, () => checkDurability(this.redis, stream, durability));
  }

  createGroup(request: CreateGroupRequest) {
    return this.calls.call(request, () => this.membership.createGroup(request));
  }

  join(member: Member, leaseMs: number, options: JoinOptions = {}) {
    return this.ofMember(
      member,
      this.calls.call(member, () => this.membership.join(member, leaseMs, options)),
    );
  }

  renew(member: Member, leaseMs: number) {
    return this.ofMember(
      member,
      this.calls.call(member, () => this.membership.renew(member, leaseMs)),
    );
  }

  leave(member: Member) {
    return this.calls.call(member, () => this.membership.leave(member));
  }

  take(request: TakeRequest) {
    const { member, signal } = request;
    return this.ofMember(
      member,
      this.calls.cancellable<Taken>(member, signal, (emit, cancelled) => this.taking.take(request, emit, cancelled)),
    );
  }

  settle(member: Member, settlements: readonly Settlement[]) {
    return this.ofMember(
      member,
      this.calls.call(member, () => settle(this.redis, this.waits, member, this.states.of(member), settlements)),
    );
  }

  again(member: Member, entries: readonly HeldEntry[]) {
    return this.ofMember(
      member,
      this.calls.call(member, () => again(this.redis, member, this.states.of(member), entries)),
    );
  }

  attend(attendance: Attendance, leaseMs: number) {
    return this.calls.call(attendance, () => attend(this.redis, attendance, leaseMs));
  }

  depart(attendance: Attendance) {
    return this.calls.call(attendance, () => depart(this.redis, attendance));
  }

  bind(partitions: PartitionCounts) {
    return this.calls.call({}, () => bind(this.redis, partitions));
  }

  bindings() {
    return this.calls.call({}, () => bindings(this.redis));
  }

  read(request: ReadRequest) {
    const { stream, signal } = request;
    return this.calls.cancellable<ReadPage>({ stream }, signal, async (emit, cancelled) => {
      emit(await readPage(this.redis, this.waits, request, cancelled));
    });
  }

  stats(stream: string) {
    return this.calls.call({ stream }, () => stats(this.redis, stream));
  }

  trim(stream: string, bounds: TrimBounds) {
    return this.calls.call({ stream }, () => trim(this.redis, stream, bounds));
  }

  tidy(stream: string, request: TidyRequest) {
    return this.calls.call({ stream }, () => tidy(this.redis, stream, request));
  }

  removeGroup(request: RemoveGroupRequest) {
    return this.calls.call({ stream: request.stream }, () => removeGroup(this.redis, request));
  }

  deadLetters(stream: string, request: DeadLetterRequest) {
    return this.calls.call({ stream }, () => deadLetters(this.redis, stream, request));
  }

  replay(stream: string, ids: readonly string[], changes?: LetterChanges) {
    return this.calls.call({ stream }, () => replay(this.redis, stream, ids, changes));
  }

  purge(stream: string, ids: readonly string[]) {
    return this.calls.call({ stream }, () => purge(this.redis, stream, ids));
  }

  takeTokens(limit: string, request: TokenRequest) {
    return this.calls.call({}, () => takeTokens(this.redis, limit, request));
  }

  setLimits(limit: string, limits: RateLimits) {
    return this.calls.call({}, () => setLimits(this.redis, limit, limits));
  }

  seen(list: string, request: SeenRequest) {
    return this.calls.call({}, () => seen(this.redis, list, request));
  }

  close() {
    return this.calls.closing(() => {
      this.promoter.close();
      this.topology.close();
    });
  }

  /** A consumer that lost its place is never heard of again: it joins under a new name. */
  private ofMember<T>(member: Member, call: Observable<T>): Observable<T> {
    return call.pipe(
      catchError((error) => {
        if (error instanceof FencedError || error instanceof NoGroupError) this.states.forget(member);
        return throwError(() => error);
      }),
    );
  }
}
