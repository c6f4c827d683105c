import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { Cache } from '../cache/cache.ts';
import type { CacheOptions } from '../cache/cacheOptions.ts';
import type { Delivery } from '../core/delivery.ts';
import type { Message } from '../core/message.ts';
import type { Notice } from '../core/notice.ts';
import type { DelayedMessage, PublishOptions, Receipt } from '../core/publisher.ts';
import type { StreamStore } from '../core/store.ts';
import type { RateLimit, RateLimitOptions } from '../operators/rateLimit.ts';
import type { Seen, SeenOptions } from '../operators/seen.ts';
import type { TopicOf, ToTopicOptions } from '../sinks/toTopic.ts';
import type { FromTopicsOptions } from '../sources/fromTopics.ts';
import type { LiveViewOptions } from '../sources/liveView.ts';
import type {
  DeadLettersOptions,
  PurgeOptions,
  ReplayOptions,
  ReplayResult,
  WhichDeadLetters,
} from './deadLetters/deadLettersOptions.ts';
import type { KeptDeadLetter, OpenDeadLetter } from './deadLetters/keptDeadLetter.ts';
import type { Health, HealthOptions } from './health/health.ts';
import type { RemovedFrom, RemoveGroupOptions } from './keeping/removeGroup.ts';
import type { BusMetrics } from './metrics/busMetrics.ts';
import type { OutgoingMessage, PublishManyOptions } from './publishing/publishMany.ts';
import type { RequestOptions } from './requests/requester.ts';
import type { Responder, RespondHandler, RespondOptions } from './requests/respond.ts';
import type { StreamReport } from './streamReport.ts';

/** Messages by topic: publish them, read them as Observables, answer requests. */
export interface Bus extends AsyncDisposable {
  /** The client's name: in spans, and the beginning of its consumers' names. */
  readonly name: string;
  /** What it is connected to. */
  readonly store: StreamStore;
  /** What a person should know; without a subscriber, warnings and errors go to `process.emitWarning`. */
  readonly notices: Observable<Notice>;

  /**
   * Publishes a message; resolves once the store has it.
   *
   * Rejects with `InvalidTopicError`, `InvalidOptionError`, `EncodeError`, `UnknownEncodingError`,
   * `PayloadTooLargeError`, `BufferFullError`, or what the store refuses (`StoreError`); then nothing was kept, except
   * that a store which could not be reached may have kept it and lost the answer. An answer that is lost meanwhile is asked
   * for again, and doubles nothing. With an `id` the call itself is safe to repeat, by any process, for
   * `publish.idempotencyMs`: the receipt of what was there already has `duplicate: true`. `DurabilityError` tells of a
   * message that is kept and not as safe as its stream asks for.
   */
  publish(topic: string, data: unknown, options?: PublishOptions): Promise<Receipt>;

  /**
   * Publishes many messages, in order; resolves with how many once the store has them all. Pulls from the iterable as
   * there is room: it may be endless, and no more than 4,000 are unconfirmed. Rejects with `PublishManyError`, which says
   * which failed; the others were published.
   */
  publishMany(
    messages: Iterable<OutgoingMessage> | AsyncIterable<OutgoingMessage>,
    options?: PublishManyOptions,
  ): Promise<number>;

  /**
   * Takes back a message that was published with `delayMs` or `deliverAt`, by its receipt. Resolves with whether it was still
   * waiting: then nobody will ever have it. False if it is due, was taken back before, or never was.
   */
  cancel(message: DelayedMessage): Promise<boolean>;

  /** The topics that match a pattern, for a group: see `fromTopics`. */
  from(pattern: string, options: FromTopicsOptions): Observable<Delivery>;

  /** Publishes each delivery's data and hands the delivery on once the store has it: see `toTopic`. */
  to<D extends Delivery>(topic: TopicOf<D>, options?: ToTopicOptions<D>): MonoTypeOperatorFunction<D>;

  /** A live view of the topics that match a pattern, without a group or settlement: see `liveView`. */
  subscribe(pattern: string, options?: LiveViewOptions): Observable<Message>;

  /** Publishes a request and resolves with the answer's data. Rejects with `RequestTimeoutError` or `RequestFailedError`. */
  request(topic: string, data: unknown, options?: RequestOptions): Promise<unknown>;

  /** Answers the requests on the topics that match a pattern; what the handler returns is the answer. */
  respond(pattern: string, handler: RespondHandler, options?: RespondOptions): Responder;

  /**
   * A rate limit that every process on this store shares by its name: for `limitRate`. The limits given are what it begins
   * with; one that is there keeps its own. `set` changes it, and the others learn of it within a second.
   *
   * Throws `InvalidOptionError` if the name or a limit makes no sense.
   */
  rateLimit(name: string, limits: RateLimitOptions): RateLimit;

  /**
   * What every process on this store has seen, by its name: for `dedupe`. The same options in every process.
   *
   * Throws `InvalidOptionError` if the name or an option makes no sense.
   */
  seen(name: string, options?: SeenOptions): Seen;

  /**
   * A cache by its name, in this process's memory and behind it in the store: every process that asks for the name shares
   * it. Asked for again with the same options, it is the same object.
   *
   * Throws `InvalidOptionError` if an option makes no sense, or this bus has the cache with other options.
   */
  cache(options: CacheOptions): Cache;

  /**
   * What is in a stream, lane by lane and group by group, over all its partitions and in each.
   * @param stream its name, or a partition's, such as `orders.3` @default 'main', the stream of everything
   */
  stats(stream?: string): Promise<StreamReport>;

  /**
   * How the bus is doing: store, publishing, sources, streams, and what needs a look. A store that can't be reached
   * makes it `unhealthy`. Rejects with `InvalidOptionError` alone.
   */
  health(options?: HealthOptions): Promise<Health>;

  /**
   * What this bus has published and consumed since it was connected. The same goes to OpenTelemetry, if a MeterProvider
   * is registered before `connect`.
   */
  metrics(): BusMetrics;

  /**
   * Removes a group, with its place in the streams and all its books. Rejects with `GroupInUseError`, and removes nothing,
   * if it has consumers or owes something; with `force` what it owes is dropped, and consumers that still run make
   * it anew. Rejects with `InvalidOptionError` for what is no group's name.
   */
  removeGroup(group: string, options?: RemoveGroupOptions): Promise<RemovedFrom>;

  /**
   * The rejected messages of a stream, oldest first: whole, with error, attempts, group, stage, and their partition.
   * @param options.stream its name, or a partition's @default 'main'
   * @param options.after continues behind the dead letter of this id; of a stream with one partition only
   * @param options.count the most to return @default 100
   * The other options are a filter; see `DeadLetterFilter`.
   *
   * Rejects with `InvalidOptionError` or `InvalidPatternError` for what makes no sense.
   */
  deadLetters(options?: DeadLettersOptions): Promise<readonly KeptDeadLetter[]>;

  /**
   * A dead letter by its id, alone or behind its partition (`main.3:1795588175585-0`), and what the message said, decoded;
   * undefined if there is none.
   * @param options.stream its name, or a partition's @default 'main'
   */
  deadLetter(id: string, options?: { readonly stream?: string }): Promise<OpenDeadLetter | undefined>;

  /**
   * Appends dead letters to their stream again, for the group that rejected them, as they are or with other data, and
   * removes them: each in one step, so that none is lost or doubled whatever fails meanwhile. Only those that are there
   * when it begins; what fails again becomes a dead letter again. Memory: 100 dead letters.
   *
   * Rejects with `InvalidOptionError`, `InvalidPatternError`, what the store refuses (`StoreError`), or what `data` throws.
   */
  replay(which: WhichDeadLetters, options?: ReplayOptions): Promise<ReplayResult>;

  /** Removes dead letters for good; resolves with how many. Rejects as `replay` does. */
  purge(which: WhichDeadLetters, options?: PurgeOptions): Promise<number>;

  /**
   * Ends every source, lets what is in flight finish, flushes what was published, ends live views, and disconnects. What
   * is not settled after `deadlineMs` is given back. Safe to repeat.
   * @param options.deadlineMs @default 10_000
   */
  close(options?: { readonly deadlineMs?: number }): Promise<void>;
}
