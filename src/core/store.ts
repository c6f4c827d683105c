import type { Observable } from 'rxjs';
import type { CacheStore } from './cacheStore.ts';
import type { Payload } from './codec.ts';
import type { Outcome } from './outcome.ts';
import type { PerPriority, Priority } from './priority.ts';

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

/** How safe an append must be before it counts as kept. */
export interface Durability {
  /** `replicated`: that many replicas have it. `fsync`: it is on the server's disk, and on that of so many replicas. */
  readonly level: 'replicated' | 'fsync';
  readonly replicas: number;
  /** How long to wait for that, in ms. */
  readonly timeoutMs: number;
}

/** The place of an append among those of one sender, so that two may be under way and keep their order. */
export interface Turn {
  /** Whose turns these are: a name that nobody else uses, of letters, digits and hyphens. */
  readonly sender: string;
  /** Higher each time; the same for the same records sent again. */
  readonly number: number;
  /**
   * The number of the one before, if that is still under way: this one is then refused, with a retryable error, unless
   * that was kept. Minded by a store with the feature `turns`; one that answers before the next call needs it not.
   */
  readonly after?: number | undefined;
  /** For how long it may be sent again, in ms: so long the store remembers it. @default a minute */
  readonly repeatMs?: number;
}

/** A message that is to be kept once, however often it is appended: by its topic and its id, within its stream. */
export interface Once {
  readonly id: string;
  /** For how long the store remembers it, in ms, a whole number from 1. */
  readonly forMs: number;
  /** How many the stream remembers at most, in all: of more than half as many, the oldest may be forgotten sooner. */
  readonly most: number;
}

/** A message as the store keeps it. `meta` is `core/meta.ts`'s text. */
export interface StoreRecord {
  readonly priority: Priority;
  readonly topic: string;
  readonly payload: Payload;
  /** The application's name for the shape of the data; empty when it gave none. */
  readonly type: string;
  readonly encoding: string;
  readonly meta: string;
  /** How many messages it holds, for a record batch (`core/recordBatch.ts`); absent for a message of its own. */
  readonly count?: number;
  /** Set if it is not to be kept again when it was kept before; never of a record batch, nor of what is in one. */
  readonly once?: Once | undefined;
}

/** Where an entry is in its stream: ids are unique within a lane and grow. */
export interface EntryRef {
  readonly priority: Priority;
  readonly id: string;
}

/** Where an appended record is. */
export interface AppendedRef extends EntryRef {
  /** Set if it was kept before, and not again. */
  readonly duplicate?: true;
}

/** A record that waits to be due, by its topic and an id of its own. */
export interface DelayedRef {
  readonly topic: string;
  readonly id: string;
}

/** When a record is due: so many ms from now, or at a time in ms since the epoch; both by the store's clock. */
export type Due = { readonly afterMs: number } | { readonly atMs: number };

/** A record that is to be appended later; never a record batch. */
export interface DelayedRecord extends StoreRecord, DelayedRef {
  readonly due: Due;
}

/** What became of a record that was scheduled. */
export interface ScheduledRef {
  readonly priority: Priority;
  readonly id: DelayedRef['id'];
  /** Set if it waits already or was kept before, and was not kept again. */
  readonly duplicate?: true;
}

/** An entry in the hands of a consumer. */
export interface Entry extends StoreRecord, EntryRef {
  /** 1 for the first hand-out; exact. Of a record batch in parts: that of the first of them. */
  readonly attempt: number;
  /** Of a record batch that was settled in part: the messages handed out here. Absent: all of them. */
  readonly parts?: readonly Part[];
  /**
   * The consumers whose lease ran out with it in their hands, first to last, a hundred at the most; of a record batch in
   * parts, those of the message that most died with. Absent: none did.
   */
  readonly deaths?: readonly string[];
  /** Set when the entry lacks what a message needs: what is wrong with it. */
  readonly fault?: string;
}

/** A message of a record batch that is owed by itself. */
export interface Part {
  /** Its place in the record batch, from 0. */
  readonly index: number;
  /** 1 for the first hand-out, the record batch's own included; exact. */
  readonly attempt: number;
}

/** An entry, or one message of a record batch. */
export interface HeldRef extends EntryRef {
  /** The message's place in the record batch; absent for the whole entry. */
  readonly index?: number | undefined;
  /** The attempt it is held at; absent: whichever. */
  readonly attempt?: number | undefined;
}

/** A consumer of a group of a stream. The name is one incarnation's: never used again after a restart. */
export interface Member {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
}

export interface JoinOptions {
  /** Whether it is to be the only member. @default false */
  readonly exclusive?: boolean;
}

/** An entry in the hands of a consumer, at this attempt. */
export interface HeldEntry extends EntryRef {
  readonly attempt: number;
}

/** One of those that share out the partitions of a stream, and the numbers of those it owns. */
export interface Attendee {
  readonly name: string;
  readonly owns: readonly number[];
}

/** An attendee, and what it shares with others. */
export interface Attendance {
  readonly stream: string;
  readonly group: string;
  readonly attendee: Attendee;
}

/** How many partitions streams have, by the streams' names. */
export type PartitionCounts = Readonly<Record<string, number>>;

/** Where a new group, or a view, begins. */
export type StartPosition = 'earliest' | 'latest' | { readonly sinceMs: number };

export interface CreateGroupRequest {
  readonly stream: string;
  readonly group: string;
  readonly pattern: string;
  readonly start: StartPosition;
}

export interface TakeRequest {
  readonly member: Member;
  /** The most messages to hand out, a tier; whole numbers, 0 for none. */
  readonly credit: PerPriority<number>;
  /** How long to wait for the first entry, in ms. */
  readonly waitMs: number;
  /** What the consumer holds unsettled: asked only after an answer was lost, to find what it never received. */
  readonly inHand: () => Iterable<HeldRef>;
  /** Aborted, the call completes without a value. */
  readonly signal?: AbortSignal;
}

export interface Taken {
  readonly entries: readonly Entry[];
  /** Entries that were owed and are gone from the stream: settled, and reported here once. */
  readonly lost: readonly EntryRef[];
}

export interface Settlement extends HeldEntry {
  readonly outcome: Outcome;
  /** The stage that had it last, for the dead letter. */
  readonly stage?: string | undefined;
  /** Where its span is, as W3C's `traceparent`, for the dead letter. */
  readonly trace?: string | undefined;
  /** The messages of a record batch that it is about. Absent: all of the entry. */
  readonly parts?: SettledParts | undefined;
  /**
   * With `ack`: records to append to the same stream in the same step, if the entry is in the consumer's hands; ignored
   * with any other outcome. With `parts`, these are of one message.
   */
  readonly outputs?: readonly StoreRecord[] | undefined;
}

/** Messages of one record batch that are settled alike. */
export interface SettledParts {
  /** How many messages the record batch holds. */
  readonly count: number;
  /** Their places in it, each once. */
  readonly indexes: readonly number[];
  /** To `reject`: the messages, in step with `indexes`, each as it would be an entry of its own. */
  readonly records?: readonly StoreRecord[];
}

/** A position in each lane, opaque: pass it on to read from there. */
export type Cursor = PerPriority<string>;

export interface ReadRequest {
  readonly stream: string;
  readonly from: StartPosition | { readonly cursor: Cursor };
  /** The most entries to return, over all tiers. */
  readonly count: number;
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

export interface ReadPage {
  /** `attempt` is always 1. */
  readonly entries: readonly Entry[];
  readonly cursor: Cursor;
}

export interface LaneStats {
  readonly length: number;
  readonly firstId?: string;
  readonly lastId?: string;
}

export interface ConsumerStats {
  readonly name: string;
  /** Entries in its hands; of a record batch that was settled in part, each message it still owes. */
  readonly pending: number;
}

export interface GroupStats {
  readonly name: string;
  readonly pattern: string;
  /** Entries handed out and not settled, those waiting for a retry included; of a record batch that was settled in part, each message still owed. */
  readonly pending: number;
  /** Entries that wait for a retry; of a record batch that was settled in part, each message that does. */
  readonly retrying: number;
  /** Entries not handed out yet, a record batch as one; undefined where the server can't tell. A hint. */
  readonly lag?: number;
  /** Members with a lease, in order of name. */
  readonly consumers: readonly ConsumerStats[];
  /** Messages that `trim` removed for its byte bound though the group owed them, since it was made; absent for none. */
  readonly trimmed?: number;
}

export interface StreamStats {
  readonly stream: string;
  readonly lanes: PerPriority<LaneStats>;
  readonly groups: readonly GroupStats[];
  readonly deadLetters: number;
  /** Records that wait to be due; and those that are, until they are appended. */
  readonly delayed: number;
}

export interface TrimBounds {
  /** Keep at most this many entries a lane. */
  readonly maxEntries?: number;
  /** Keep only what is younger than this, in ms. */
  readonly maxAgeMs?: number;
  /** Keep at most about so many bytes over all lanes, as the store measures them: what is owed goes too, if it must. */
  readonly maxBytes?: number;
}

export interface TrimResult {
  readonly removed: number;
  /** Entries beyond the bounds that were kept because a group still owes them. 0 where the server can't tell cheaply. */
  readonly owed: number;
  /** The groups that owe the first of those. Absent for none. */
  readonly heldBy?: readonly string[];
  /** Messages that groups owed and that are gone for `maxBytes`. Absent for none. */
  readonly forced?: readonly GroupCount[];
}

/** So many messages of a group. */
export interface GroupCount {
  readonly group: string;
  readonly count: number;
}

export interface TidyRequest {
  /** How long ago the lease of a consumer must have ended, in ms. */
  readonly deadMs: number;
  /** After how long without a member a group is removed, in ms. Absent: never. */
  readonly expireMs?: number;
  /** Whether such a group goes even if it owes something. @default false */
  readonly force?: boolean;
}

export interface TidyResult {
  /** Consumers removed. */
  readonly consumers: number;
  /** Groups that are expired, whether they were removed or not. */
  readonly expired: readonly ExpiredGroup[];
}

/** A group that has had no member for too long. */
export interface ExpiredGroup {
  readonly group: string;
  /** Since when it has had no member, in ms. */
  readonly idleMs: number;
  /** Messages that it owes, or owed. */
  readonly owed: number;
  readonly removed: boolean;
}

export interface RemoveGroupRequest {
  readonly stream: string;
  readonly group: string;
  /** Whether to remove it whatever it owes and whoever reads it. @default false */
  readonly force?: boolean;
}

export interface RemovedGroup {
  /** False if it is not there, or not any more; or if it is in use. */
  readonly removed: boolean;
  /** Its members with a lease. */
  readonly members: number;
  /** Entries that it owes, those not handed out yet included; at least, where the server can't tell. */
  readonly owed: number;
}

/** What is asked of a list of keys that were seen. */
export interface SeenRequest {
  /**
   * `claim`: whoever claims a key that is not seen nor claimed by another has it for `forMs`; again, for as long anew.
   * `keep`: it is seen for `forMs`. `drop`: the caller's claim ends.
   */
  readonly kind: 'claim' | 'keep' | 'drop';
  /** Who claims: a name that nobody else uses. */
  readonly owner: string;
  readonly keys: readonly string[];
  /** In ms, a whole number from 1. */
  readonly forMs: number;
  /** How many keys are kept at most; of more, those that would be forgotten first are. */
  readonly most: number;
}

/** What a key of a list is to who asked: theirs, or not kept; kept; or claimed by another for so long, in ms. */
export type KeyState = 'free' | 'seen' | { readonly heldMs: number };

/** A token bucket: how fast tokens come, and how many are kept. */
export interface RateLimits {
  /** Tokens a second, above 0. */
  readonly rate: number;
  /** The most tokens that are kept, a whole number from 1. */
  readonly burst: number;
}

export interface TokenRequest {
  /** The most tokens to take, a whole number from 0. */
  readonly want: number;
  /** What the limit begins with, if it is not there. */
  readonly limits: RateLimits;
}

export interface TokenGrant {
  /** Tokens taken. */
  readonly granted: number;
  /** In how many ms there will be another; 0 if there is one now. */
  readonly waitMs: number;
  /** The limits as they are. */
  readonly limits: RateLimits;
}

export interface DeadLetterRequest {
  /** Continue after this dead letter's id. */
  readonly after?: string;
  readonly count: number;
}

/** What a dead letter is replayed with instead of what it has. */
export interface LetterChange {
  /** Another topic: then it is for every group that reads that. */
  readonly topic?: string;
  readonly payload?: Payload;
}

/** Changes by the ids of dead letters. */
export type LetterChanges = ReadonlyMap<string, LetterChange>;

/** A rejected message, whole, with why. */
export interface DeadLetter extends StoreRecord {
  readonly id: string;
  readonly group: string;
  /** The entry it was; `<id>#<index>` for a message of a record batch. */
  readonly entryId: string;
  readonly attempts: number;
  readonly stage?: string;
  /** The span in which it was handled, as W3C's `traceparent`, where it was traced. */
  readonly trace?: string;
  readonly error: { readonly name: string; readonly message: string; readonly stack?: string };
  /** When it was rejected, in ms since the epoch by the store's clock. */
  readonly time: number;
  /** The fields as they were found, for an entry that is no message. */
  readonly raw?: Readonly<Record<string, Payload>>;
}
