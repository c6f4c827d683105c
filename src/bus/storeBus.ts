import { randomUUID } from 'node:crypto';
import { context } from '@opentelemetry/api';
import {
  asyncScheduler,
  catchError,
  defaultIfEmpty,
  defer,
  EMPTY,
  firstValueFrom,
  lastValueFrom,
  type MonoTypeOperatorFunction,
  merge,
  type Observable,
  Subject,
  takeUntil,
  timer,
} from 'rxjs';
import type { Cache } from '../cache/cache.ts';
import type { CacheOptions } from '../cache/cacheOptions.ts';
import { checkPlainName } from '../core/checkPlainName.ts';
import { Codecs } from '../core/codecs.ts';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import type { Notice } from '../core/notice.ts';
import type { DelayedMessage, PublishOptions, Receipt } from '../core/publisher.ts';
import type { StreamStore } from '../core/store.ts';
import { StoreClosedError } from '../core/storeErrors.ts';
import { LONGEST_MS } from '../internal/longestMs.ts';
import { checkCount } from '../operators/checkCount.ts';
import { checkMs } from '../operators/checkMs.ts';
import { type RateLimit, type RateLimitOptions, rateLimits } from '../operators/rateLimit.ts';
import type { Seen, SeenOptions } from '../operators/seen.ts';
import { SharedLimit } from '../operators/sharedLimit.ts';
import { SharedSeen } from '../operators/sharedSeen.ts';
import { type TopicOf, type ToTopicOptions, toTopic } from '../sinks/toTopic.ts';
import { type FromTopicsOptions, fromTopics, type TopicsPort } from '../sources/fromTopics.ts';
import { type LiveViewOptions, type LiveViewPort, liveView } from '../sources/liveView.ts';
import type { RunningSource } from '../sources/runningSource.ts';
import type { SourceState } from '../sources/sourceState.ts';
import type { Bus } from './bus.ts';
import { BusCaches } from './busCaches.ts';
import type { ResolvedConfig } from './config.ts';
import { DeadLetterDesk } from './deadLetters/deadLetterDesk.ts';
import type {
  DeadLettersOptions,
  PurgeOptions,
  ReplayOptions,
  ReplayResult,
  WhichDeadLetters,
} from './deadLetters/deadLettersOptions.ts';
import type { KeptDeadLetter } from './deadLetters/keptDeadLetter.ts';
import { durabilities } from './durabilities.ts';
import { type Health, type HealthOptions, health } from './health/health.ts';
import { Housekeeper, type KeptStream } from './keeping/housekeeper.ts';
import { type RemovedFrom, type RemoveGroupOptions, removeGroup } from './keeping/removeGroup.ts';
import { BusBooks } from './metrics/busBooks.ts';
import type { BusMetrics } from './metrics/busMetrics.ts';
import { Notices } from './notices.ts';
import { BusPublisher } from './publishing/busPublisher.ts';
import { cancelDelayed } from './publishing/cancelDelayed.ts';
import { ManyPublisher, type OutgoingMessage, type PublishManyOptions } from './publishing/publishMany.ts';
import { recordForms } from './recordForms.ts';
import { Requester, type RequestOptions } from './requests/requester.ts';
import { type Responder, type RespondHandler, type RespondOptions, respond } from './requests/respond.ts';
import { replyBounds, retentionBounds } from './retentionBounds.ts';
import { type StreamReport, streamReport } from './streamReport.ts';
import { StreamMap } from './streams.ts';

/** The bus over a store that is open. */
export class StoreBus implements Bus {
  readonly name: string;
  private readonly announced = new Notices();
  private readonly codecs: Codecs;
  private readonly streams: StreamMap;
  private readonly publisher: BusPublisher;
  private readonly requester: Requester;
  private readonly desk: DeadLetterDesk;
  private readonly port: TopicsPort & LiveViewPort;
  private readonly housekeeper: Housekeeper;
  private readonly books: BusBooks;
  private readonly caches: BusCaches;
  private readonly sources = new Set<RunningSource>();
  private readonly ended = new Subject<void>();
  private closing: Promise<void> | undefined;

  constructor(
    readonly store: StreamStore,
    private readonly config: ResolvedConfig,
    /** Closes the store, if the bus is to. */
    private readonly closeStore: () => Observable<void>,
  ) {
    this.name = config.name;
    this.codecs = new Codecs(config.codecs);
    this.streams = new StreamMap(config.streams, config.partitions);
    this.housekeeper = this.makeHousekeeper();
    this.caches = new BusCaches({ store: store.cache, notify: this.announced.notify, scheduler: asyncScheduler });
    this.books = new BusBooks({
      store,
      name: config.name,
      buffer: () => this.publisher.buffer,
      sources: () => this.states(),
      notices: this.announced.counts,
      caches: () => this.caches.metrics(),
    });
    this.publisher = new BusPublisher({
      ...config.publish,
      formOf: recordForms(config),
      store: this.books.store,
      codecs: this.codecs,
      maxPayloadBytes: config.maxPayloadBytes,
      idempotency: idempotencyOf(config.publish),
      lingerMs: config.publish.linger,
      streamOf: (topic, key) => this.streams.streamOf(topic, key),
      partitionsOf: (topic) => this.streams.streamsOf(topic),
      durabilityOf: durabilities(config),
      client: config.name,
      untraced: !config.tracing.enabled,
    });
    this.desk = new DeadLetterDesk({
      store,
      codecs: this.codecs,
      maxPayloadBytes: config.maxPayloadBytes,
      partitionsOf: (stream) => this.streams.partitionsOf(stream),
      streamsOf: (topic) => this.streams.streamsOf(topic),
    });
    this.port = this.makePort();
    this.requester = new Requester(this.publisher, this.port);
    this.housekeeper.start();
  }

  get notices(): Observable<Notice> {
    return this.announced.observable;
  }

  publish(topic: string, data: unknown, options: PublishOptions = {}): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      this.publisher.send(topic, data, options, context.active(), (error, receipt) => {
        if (receipt) resolve(receipt);
        else reject(error);
      });
    });
  }

  async publishMany(
    messages: Iterable<OutgoingMessage> | AsyncIterable<OutgoingMessage>,
    options: PublishManyOptions = {},
  ): Promise<number> {
    this.checkOpen();
    return new ManyPublisher(this.publisher, context.active(), options).run(messages);
  }

  async cancel(message: DelayedMessage): Promise<boolean> {
    this.checkOpen();
    return cancelDelayed(this.store, message, (topic) => this.streams.streamsOf(topic));
  }

  from(pattern: string, options: FromTopicsOptions): Observable<Delivery> {
    this.checkOpen();
    const { attempts, backoff } = this.config.consume;
    return fromTopics(this.port, pattern, { attempts, backoff, ...options });
  }

  to<D extends Delivery>(topic: TopicOf<D>, options?: ToTopicOptions<D>): MonoTypeOperatorFunction<D> {
    return toTopic<D>(this.publisher, topic, options);
  }

  subscribe(pattern: string, options?: LiveViewOptions): Observable<Message> {
    this.checkOpen();
    const view = liveView(this.port, pattern, options);
    return defer(() => {
      this.checkOpen();
      return view;
    }).pipe(takeUntil(this.ended));
  }

  async request(topic: string, data: unknown, options: RequestOptions = {}): Promise<unknown> {
    this.checkOpen();
    return this.requester.request(topic, data, options, context.active());
  }

  respond(pattern: string, handler: RespondHandler, options?: RespondOptions): Responder {
    return respond(this, pattern, handler, options);
  }

  rateLimit(name: string, options: RateLimitOptions): RateLimit {
    this.checkOpen();
    checkPlainName('name', name);
    const { notify } = this.announced;
    return new SharedLimit({ store: this.store, name, limits: rateLimits(options), notify, scheduler: asyncScheduler });
  }

  seen(name: string, { withinMs = 600_000, maxKeys = 100_000 }: SeenOptions = {}): Seen {
    this.checkOpen();
    checkPlainName('name', name);
    checkCount('withinMs', withinMs);
    checkCount('maxKeys', maxKeys);
    return new SharedSeen({ store: this.store, name, withinMs, maxKeys, scheduler: asyncScheduler });
  }

  cache(options: CacheOptions): Cache {
    this.checkOpen();
    return this.caches.get(options);
  }

  async stats(stream = 'main'): Promise<StreamReport> {
    await this.told();
    const names = this.streams.partitionsOf(stream);
    return streamReport(stream, await Promise.all(names.map((name) => firstValueFrom(this.store.stats(name)))));
  }

  async health({ timeoutMs = 2_000 }: HealthOptions = {}): Promise<Health> {
    checkMs('timeoutMs', timeoutMs);
    const { store, publisher } = this;
    const closed = this.closing !== undefined;
    const states = this.states();
    const { everyMs } = this.config.retention;
    const streams = this.keptStreams().filter(({ name }) => name !== 'replies');
    return health({ store, closed, buffer: publisher.buffer, sources: states, streams, everyMs }, timeoutMs);
  }

  metrics(): BusMetrics {
    return this.books.metrics;
  }

  async removeGroup(group: string, options: RemoveGroupOptions = {}): Promise<RemovedFrom> {
    this.checkOpen();
    checkPlainName('group', group);
    await this.told();
    const { stream } = options;
    const names = stream === undefined ? [...this.streams.all.values()].flat() : this.streams.partitionsOf(stream);
    return removeGroup(this.store, names, group, options.force);
  }

  async deadLetters(options: DeadLettersOptions = {}): Promise<readonly KeptDeadLetter[]> {
    await this.told();
    return this.desk.list(options);
  }

  async deadLetter(id: string, { stream = 'main' }: { readonly stream?: string } = {}) {
    await this.told();
    return this.desk.open(id, stream);
  }

  async replay(which: WhichDeadLetters, options: ReplayOptions = {}): Promise<ReplayResult> {
    this.checkOpen();
    await this.told();
    return this.desk.replay(which, options);
  }

  async purge(which: WhichDeadLetters, options: PurgeOptions = {}): Promise<number> {
    this.checkOpen();
    await this.told();
    return this.desk.purge(which, options);
  }

  async close({ deadlineMs = 10_000 }: { readonly deadlineMs?: number } = {}): Promise<void> {
    if (!(deadlineMs >= 0 && deadlineMs <= LONGEST_DEADLINE_MS)) {
      throw new InvalidOptionError('deadlineMs', deadlineMs, `a number of ms from 0 to ${LONGEST_DEADLINE_MS}`);
    }
    this.closing ??= this.shut(deadlineMs);
    return this.closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Sources first, since what they have in flight may still publish; the store last. */
  private async shut(deadlineMs: number): Promise<void> {
    this.housekeeper.stop();
    const sources = [...this.sources].map((source) => source.close(deadlineMs));
    await settled(merge(...sources), deadlineMs + GRACE_MS);
    this.publisher.stop();
    await settled(this.publisher.flushed(), deadlineMs);
    this.publisher.close();
    this.ended.next();
    await this.requester.close();
    await settled(this.caches.close(), deadlineMs);
    await settled(this.closeStore(), deadlineMs);
    this.books.close();
    this.announced.close();
  }

  private makePort(): TopicsPort & LiveViewPort {
    const { credit, leaseMs, waitMs } = this.config.consume;
    return {
      store: this.books.store,
      codecs: this.codecs,
      streamsOf: (pattern) => this.streams.streamsOf(pattern),
      credit,
      leaseMs,
      waitMs,
      reconnect: this.config.reconnect,
      consumerName: () => `${this.name}-${randomUUID().slice(0, 8)}`,
      notify: this.announced.notify,
      tracing: this.config.tracing,
      started: (source) => this.started(source),
    };
  }

  private states(): readonly SourceState[] {
    return [...this.sources].flatMap((source) => source.states());
  }

  /** Every stream, and what is kept of each of its partitions. */
  private keptStreams(): readonly KeptStream[] {
    const { everyMs, ...bounds } = this.config.retention;
    return [...this.streams.all].map(([name, partitions]) => ({
      name,
      partitions,
      bounds:
        name === 'replies'
          ? replyBounds(bounds)
          : retentionBounds(bounds, this.config.streams[name]?.retention, partitions.length),
    }));
  }

  private makeHousekeeper(): Housekeeper {
    const { retention, groups } = this.config;
    return new Housekeeper({
      store: this.store,
      streams: this.keptStreams(),
      everyMs: retention.everyMs,
      expireMs: groups.expireAfterMs,
      force: groups.whenOwing === 'drop',
      letters: this.config.deadLetters,
      notify: this.announced.notify,
      scheduler: asyncScheduler,
    });
  }

  private started(source: RunningSource): void {
    this.checkOpen();
    this.sources.add(source);
    source.ended().subscribe({ complete: () => this.sources.delete(source) });
  }

  /** Resolves once the store knows what was settled here so far, so that what is asked of it is not behind. */
  private told(): Promise<void> {
    return settled(merge(...[...this.sources].map((source) => source.flushed())), GRACE_MS);
  }

  private checkOpen(): void {
    if (this.closing) throw new StoreClosedError('the bus');
  }
}

function idempotencyOf({ idempotencyMs: forMs, idempotencyIds: most }: ResolvedConfig['publish']) {
  return forMs === 0 ? undefined : { forMs, most };
}

/** What a source may take beyond its deadline to give back what is left, in ms. */
const GRACE_MS = 2_000;
/** With the grace, what a timer can wait; beyond that, Node's fire at once. */
const LONGEST_DEADLINE_MS = LONGEST_MS - GRACE_MS;

/** Resolves when the work is over, whatever became of it, or after a time. */
async function settled(work: Observable<unknown>, withinMs: number): Promise<void> {
  const over = work.pipe(
    takeUntil(timer(withinMs)),
    catchError(() => EMPTY),
    defaultIfEmpty(undefined),
  );
  await lastValueFrom(over);
}
