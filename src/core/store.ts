import type { Observable } from 'rxjs';
import type { CacheStore } from './cacheStore.ts';
import type { DeadLetter, DeadLetterRequest, LetterChanges } from './store/deadLetters.ts';
import type { DelayedRecord, DelayedRef, ScheduledRef } from './store/delayed.ts';
import type { HeldEntry } from './store/entries.ts';
import type {
  RemovedGroup,
  RemoveGroupRequest,
  TidyRequest,
  TidyResult,
  TrimBounds,
  TrimResult,
} from './store/keeping.ts';
import type { KeyState, RateLimits, SeenRequest, TokenGrant, TokenRequest } from './store/limits.ts';
import type { Attendance, Attendee, JoinOptions, Member, PartitionCounts } from './store/members.ts';
import type { ReadPage, ReadRequest } from './store/reading.ts';
import type { AppendedRef, Durability, EntryRef, StoreRecord, Turn } from './store/records.ts';
import type { Settlement } from './store/settling.ts';
import type { StreamStats } from './store/stats.ts';
import type { CreateGroupRequest, Taken, TakeRequest } from './store/taking.ts';

export type { DeadLetter, DeadLetterRequest, LetterChange, LetterChanges } from './store/deadLetters.ts';
export type { DelayedRecord, DelayedRef, Due, ScheduledRef } from './store/delayed.ts';
export type { Entry, HeldEntry, HeldRef, Part } from './store/entries.ts';
export type {
  ExpiredGroup,
  GroupCount,
  RemovedGroup,
  RemoveGroupRequest,
  TidyRequest,
  TidyResult,
  TrimBounds,
  TrimResult,
} from './store/keeping.ts';
export type { KeyState, RateLimits, SeenRequest, TokenGrant, TokenRequest } from './store/limits.ts';
export type { Attendance, Attendee, JoinOptions, Member, PartitionCounts } from './store/members.ts';
export type { Cursor, ReadPage, ReadRequest } from './store/reading.ts';
export type { AppendedRef, Durability, EntryRef, Once, StoreRecord, Turn } from './store/records.ts';
export type { SettledParts, Settlement } from './store/settling.ts';
export type { ConsumerStats, GroupStats, LaneStats, StreamStats } from './store/stats.ts';
export type { CreateGroupRequest, StartPosition, Taken, TakeRequest } from './store/taking.ts';

/**
 * The port under everything: a store of streams, each one log with a lane a tier and any number of groups.
 *
 * Every call is a cold Observable: nothing happens before it is subscribed, it emits one value and completes, and
 * unsubscribing cancels it. A name of a stream here is the name of one partition, such as `main.0`; how messages are
 * spread over partitions is decided above.
 *
 * Errors are `StoreError`s; see `core/storeErrors.ts` for what each asks of the caller.
 */
export interface StreamStore {
  /** `memory` or `redis`: also the `messaging.system.name` of spans. */
  readonly name: string;
  readonly features: ReadonlySet<StoreFeature>;
  /** Where the server is, for spans; absent where there is none. */
  readonly server?: { readonly address: string; readonly port: number };

  /** Connects and checks the server. Safe to repeat. */
  open(): Observable<void>;

  /**
   * Appends records in order; emits where they are once the store has them all. All or nothing. A record that is to be
   * kept `once` and was kept already is not kept again: emitted is where that one is.
   * @param turn repeated, an append that was kept answers as it did, and keeps nothing twice
   * @param durability how safe they must be before that is emitted; of a store with the feature `durable`.
   * Errors: `DurabilityError` if it is not confirmed in time; then they are kept all the same.
   */
  append(
    stream: string,
    records: readonly StoreRecord[],
    turn?: Turn,
    durability?: Durability,
  ): Observable<readonly AppendedRef[]>;

  /**
   * Keeps records for later: each is appended to its lane when it is due by the store's clock, in order of due time, whether
   * anybody reads or not; until then no group, view or bound knows of it. All or nothing. What is due already is appended at
   * once. A record whose topic and id wait already is not kept again, nor is one that was kept `once`.
   * @param turn repeated, a call that was kept answers as it did, and keeps nothing twice
   * Errors: as `append`.
   */
  schedule(
    stream: string,
    records: readonly DelayedRecord[],
    turn?: Turn,
    durability?: Durability,
  ): Observable<readonly ScheduledRef[]>;

  /**
   * Drops records that wait to be due, and what is remembered of those that were to be kept `once`. Emits how many waited.
   * Repeating a call is safe.
   */
  cancel(stream: string, delayed: readonly DelayedRef[]): Observable<number>;

  /** Checks that the store can confirm so much of a stream. Errors: `DurabilityError`, which says what to change. */
  checkDurability(stream: string, durability: Durability): Observable<void>;

  /**
   * Makes the group and binds it to its pattern; the same group with the same pattern is left as it is.
   * Errors: `GroupPatternError` if it is bound to another pattern.
   */
  createGroup(request: CreateGroupRequest): Observable<void>;

  /**
   * Makes the consumer a member whose lease runs out after `leaseMs` unless renewed. An exclusive member is the only one
   * of its group: those whose lease had run out are fenced, and every entry that is owed comes to it in the order of its
   * lane, whoever had it before and whenever it was due. Errors: `PartitionOwnedError` while another exclusive
   * member's lease lasts, `GroupOrderError` while that of a member of the other kind does; `NoGroupError`, `FencedError`.
   */
  join(member: Member, leaseMs: number, options?: JoinOptions): Observable<void>;
  /** Renews the lease. Errors: `FencedError` if it had run out and the work was taken over. */
  renew(member: Member, leaseMs: number): Observable<void>;
  /** Ends the membership: what the consumer still owes is handed out again at once; attempts do not count. */
  leave(member: Member): Observable<void>;

  /**
   * Hands out entries, never more a tier than its credit: first retries that are due, then what dead consumers left,
   * then new ones, most urgent tier first. Credit counts messages: while any of a tier's is left, a record batch is
   * handed out whole, so a hand may hold more than its credit by less than one record batch. Waits up to `waitMs` for the first; emits an empty hand after that.
   * Cancelled while it waits, it leaves nothing behind: what the server had handed out meanwhile is given back.
   * Errors: `NoGroupError`, `FencedError`.
   */
  take(request: TakeRequest): Observable<Taken>;

  /**
   * Settles entries in one step: `ack` ends them for the group, `retry` keeps them for their due time, `release` makes
   * them due at once without counting the attempt, `reject` moves them to the dead letters. An entry that is not
   * pending any more is passed over, so repeating a call is safe.
   *
   * A settlement with `parts` is about these messages of a record batch alone. From the first of them on, the group owes
   * the others one by one, each at its own attempt, and a settlement of the whole is passed over.
   *
   * An ack may carry outputs: they are appended in the very step that ends the entry, or not at all.
   * Errors: `FencedError` if the consumer's work was taken over: nothing was settled. `StoreFullError` if there is no room
   * for outputs: what has none may be settled.
   */
  settle(member: Member, settlements: readonly Settlement[]): Observable<void>;

  /**
   * Hands entries that the consumer holds out to it once more: they stay in its hands, as the next attempt. Emits those
   * that it does not hold any more. Repeating a call is safe. Errors: `NoGroupError`, `FencedError`.
   */
  again(member: Member, entries: readonly HeldEntry[]): Observable<readonly EntryRef[]>;

  /**
   * Keeps an attendee in the list of those that share out the partitions of a stream for a group, until its lease runs
   * out, and says which it owns. Emits the list as it is now, in order of name. The stream is named without a partition.
   */
  attend(attendance: Attendance, leaseMs: number): Observable<readonly Attendee[]>;
  /** Takes an attendee out of the list. */
  depart(attendance: Attendance): Observable<void>;

  /** Binds streams to their numbers of partitions; one that is bound stays so. Emits what each is bound to. */
  bind(partitions: PartitionCounts): Observable<PartitionCounts>;
  /** Emits what every stream is bound to. */
  bindings(): Observable<PartitionCounts>;

  /** Reads without a group: no settlement, nothing is handed out twice or owed. */
  read(request: ReadRequest): Observable<ReadPage>;

  stats(stream: string): Observable<StreamStats>;
  /**
   * Removes the oldest entries that the bounds let go, never one that a group still owes; unless what is owed has more
   * than `maxBytes`: then the oldest goes too, ended for every group that owed it, and is told of here, once.
   */
  trim(stream: string, bounds: TrimBounds): Observable<TrimResult>;
  /**
   * Removes consumers whose lease ended long ago and that owe nothing, and groups that have had no member for long. Who
   * still owes is never touched, unless the request says so of groups.
   */
  tidy(stream: string, request: TidyRequest): Observable<TidyResult>;
  /** Removes a group, unless it has members or owes something. Safe to repeat. */
  removeGroup(request: RemoveGroupRequest): Observable<RemovedGroup>;

  /** Dead letters, oldest first. */
  deadLetters(stream: string, request: DeadLetterRequest): Observable<readonly DeadLetter[]>;
  /**
   * Appends dead letters to their lane again, for the group that rejected them, and removes them: each in one step, so
   * that repeating a call is safe. Emits how many.
   * @param changes what is to be different about some of them, by their ids
   */
  replay(stream: string, ids: readonly string[], changes?: LetterChanges): Observable<number>;
  /** Removes dead letters. Emits how many. */
  purge(stream: string, ids: readonly string[]): Observable<number>;

  /**
   * Takes tokens of a limit that everyone who opens this place shares, by the store's clock: as many of what is wanted as
   * there are now. A limit that is not there begins full, with the limits given; one that is keeps its own, and says which.
   * It is kept for a day after its last use, or as long as it takes to fill.
   */
  takeTokens(limit: string, request: TokenRequest): Observable<TokenGrant>;
  /** Changes a limit for everyone, or makes it; what it has in hand it keeps, up to the new burst. */
  setLimits(limit: string, limits: RateLimits): Observable<void>;

  /**
   * Claims keys of a list, keeps them as seen, or drops claims, in one step. Emits what each is now, in order: of a claim,
   * whether it is the caller's. The list is one of all who open this place, by its name.
   */
  seen(list: string, request: SeenRequest): Observable<readonly KeyState[]>;

  /** What is kept for caches, by the names of these. */
  readonly cache: CacheStore;

  /** Ends every call under way with `StoreClosedError` and frees what the store holds. Safe to repeat. */
  close(): Observable<void>;
}

/**
 * What a store promises beyond the contract's core.
 *
 * - `shared`: other processes that open the same place see the same streams.
 * - `raw`: anything may write to its streams from outside, so entries may be corrupt.
 * - `turns`: it minds the turns of appends, so that a sender may have two under way.
 * - `durable`: it can confirm that appends are on replicas or on disk.
 */
export type StoreFeature = 'shared' | 'raw' | 'turns' | 'durable';
