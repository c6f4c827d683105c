import { asyncScheduler } from 'rxjs';
import type { Bus } from '../bus/bus.ts';
import type { Cache } from '../cache/cache.ts';
import { checkOptions, type OptionNames } from '../core/checkOptions.ts';
import { describe, InvalidOptionError } from '../core/errors.ts';
import type { Notify } from '../core/notice.ts';
import { checkTopic } from '../core/topic.ts';
import { checkCount } from '../operators/checkCount.ts';
import { checkMs } from '../operators/checkMs.ts';
import { handle } from '../operators/handle.ts';
import { limitRate } from '../operators/limitRate.ts';
import type { RateLimit, RateLimitOptions } from '../operators/rateLimit.ts';
import type { ConcurrencyRange } from '../operators/scaling/concurrencyRange.ts';
import { pipeline } from '../pipeline/pipeline.ts';
import type { StopOptions, StopReport } from '../pipeline/run.ts';
import type { RunningPipeline } from '../pipeline/runningPipeline.ts';
import { stage } from '../pipeline/stage.ts';
import type { RestartOptions } from '../pipeline/supervise.ts';
import type { FromTopicsOptions } from '../sources/fromTopics.ts';
import { emitNotice } from '../telemetry/emitNotice.ts';
import { checkBus } from './checkBus.ts';
import type { Endpoints } from './endpoint.ts';
import { ServiceBooks, type ServiceMetrics } from './serviceBooks.ts';
import { type ServiceHealth, serviceHealth, type UpstreamHealth } from './serviceHealth.ts';
import { SERVICE_OPTION_NAMES } from './serviceOptionNames.ts';
import { Serving } from './serving/serving.ts';

/** What a service needs of a bus. */
export type ServicePort = Pick<Bus, 'from' | 'publish' | 'health'>;

/** How a service runs, whatever its endpoints are. */
export interface ServiceRunOptions extends Partial<FromTopicsOptions> {
  /** How many requests may run at once in this process. @default 16 */
  readonly concurrency?: number | ConcurrencyRange;
  /** How long a request may take that says nothing of it, in ms. @default 300_000 */
  readonly timeoutMs?: number;
  /** How fast requests may start: `bus.rateLimit(…)` for all instances together. @default no limit */
  readonly limit?: RateLimitOptions | RateLimit;
  /** The most bytes of a page; an item that is larger is a page of its own. @default 262_144 */
  readonly pageBytes?: number;
  /**
   * The most bytes of all pages of an answer: those that are not read yet are with the store, whose memory they take.
   * @default 67_108_864
   */
  readonly totalBytes?: number;
  /** The most bytes of an answer in pages that is sent at once, to a caller of `bus.request`. @default 1_000_000 */
  readonly answerBytes?: number;
  /** Where answers are kept, of endpoints that say how long: `bus.cache({ name })`. @default nowhere */
  readonly cache?: Cache;
  /** How it starts again when it failed. @default after waits of 100 ms growing to 30 s, without end */
  readonly restart?: RestartOptions;
  /** Told of restarts, and of endpoints that fail in ways that are not told to whoever asked. @default `process.emitWarning` */
  readonly notify?: Notify;
}

export interface ServiceOptions<E extends Endpoints> extends ServiceRunOptions {
  /** A dotted name: what the topics of its endpoints begin with. All topics below it are the service's. */
  readonly name: string;
  /** By topic: `'prices.latest'` of a service `prices`. */
  readonly endpoints: E;
  /** What the service stands on, for its health. */
  readonly upstream?: () => UpstreamHealth;
}

/** A service that runs. */
export interface Service<E extends Endpoints = Endpoints> extends AsyncDisposable {
  readonly name: string;
  readonly endpoints: E;
  /** How it is doing. Never rejects. */
  health(): Promise<ServiceHealth>;
  /** What it has done in this process. The same goes to OpenTelemetry, if a MeterProvider was registered before it started. */
  metrics(): ServiceMetrics;
  /** Takes no more requests and lets those that run finish; at the deadline they are given back, for other instances. */
  stop(options?: StopOptions): Promise<StopReport>;
}

/**
 * Answers requests on topics, an endpoint each. Whoever asks publishes a request to the endpoint's topic and is answered on
 * a topic of theirs, uses `serviceClient`, or calls `bus.request`. Instances, in any number of processes, share the requests.
 *
 *     requests:  -a-b---c-----        b has wrong parameters
 *     replies:   --A-E---(c1)(c2)C-   c is answered in pages
 *
 * Order: the most urgent first, by the message's priority, which the replies have too; replies to one request are in order.
 * Memory: `credit` requests a tier, of those that run a page each. Settlement: a request is acked when its answer or its
 * error is with the store; one whose instance died is taken over after its lease, and answers once. Errors: whatever is wrong
 * with a request is told to whoever asked; the service goes on. When reading or replying fails for good, it starts again.
 *
 * @example
 * const Asked = z.strictObject({ symbol: z.string() });
 * const prices = service(bus, {
 *   name: 'prices',
 *   endpoints: { 'prices.latest': endpoint({ params: Asked, run: ({ symbol }) => price(symbol) }) },
 * });
 *
 * @throws {InvalidOptionError} if there is no endpoint, one is not below the name, or an option makes no sense
 * @throws {InvalidTopicError} if the name or an endpoint is no topic
 */
export function service<E extends Endpoints>(bus: ServicePort, options: ServiceOptions<E>): Service<E> {
  return new RunningService(bus, options);
}

class RunningService<E extends Endpoints> implements Service<E> {
  readonly name: string;
  readonly endpoints: E;
  private readonly group: string;
  private readonly books: ServiceBooks;
  private readonly running: RunningPipeline;

  constructor(
    private readonly bus: ServicePort,
    private readonly options: ServiceOptions<E>,
  ) {
    checkService(options);
    checkBus(bus);
    this.name = options.name;
    this.endpoints = options.endpoints;
    this.group = options.group ?? `service-${options.name}`;
    this.books = new ServiceBooks(this.name, this.endpoints, options.scheduler ?? asyncScheduler);
    this.running = this.start();
  }

  health(): Promise<ServiceHealth> {
    const { bus, group, books, running, options } = this;
    return serviceHealth({ bus, group, books, running, upstream: options.upstream });
  }

  metrics(): ServiceMetrics {
    return this.books.metrics;
  }

  stop(options?: StopOptions): Promise<StopReport> {
    return this.running.stop(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private start(): RunningPipeline {
    const { name, endpoints, upstream, restart, cache, limit, ...options } = this.options;
    const { concurrency = 16, timeoutMs = 300_000, pageBytes = 262_144, ...bounded } = options;
    const { totalBytes = 67_108_864, answerBytes = 1_000_000, ...more } = bounded;
    const { notify = emitNotice, scheduler = asyncScheduler, ...source } = more;
    const { serve } = new Serving({
      name,
      endpoints,
      publish: (topic, data, how) => this.bus.publish(topic, data, how),
      timeoutMs,
      pageBytes,
      totalBytes,
      answerBytes,
      cache,
      books: this.books,
      notify,
      scheduler,
    });
    // What waits in one process could be run by another, so no more is taken than can run.
    const credit = source.credit ?? (typeof concurrency === 'number' ? concurrency : concurrency.max);
    const overdueMs = source.overdueMs ?? Math.max(60_000, timeoutMs);
    const requests = this.bus.from(`${name}.*`, { ...source, group: this.group, credit, overdueMs, scheduler });
    const serving = stage('serve', handle(serve, { concurrency, scheduler }));
    const flow = limit
      ? pipeline(`service ${name}`, requests, stage('limit', limitRate(limit, { scheduler })), serving)
      : pipeline(`service ${name}`, requests, serving);
    return flow.run({ notify, scheduler, ...(restart && { restart }) });
  }
}

const OPTION_NAMES: OptionNames<ServiceOptions<Endpoints>> = SERVICE_OPTION_NAMES;

function checkService(options: ServiceOptions<Endpoints>): void {
  checkOptions('options', options, OPTION_NAMES);
  const { name, endpoints, timeoutMs, concurrency, cache } = options;
  checkTopic(name);
  if (typeof endpoints !== 'object' || endpoints === null || Object.keys(endpoints).length === 0) {
    throw new InvalidOptionError('endpoints', endpoints, 'an object with an endpoint by topic, one at least');
  }
  for (const [topic, endpoint] of Object.entries(endpoints)) {
    const kind: unknown = endpoint?.kind;
    checkTopic(topic);
    if (!topic.startsWith(`${name}.`)) {
      throw new InvalidOptionError('endpoints', topic, `topics that begin with ${describe(`${name}.`)}`);
    }
    if (kind !== 'single' && kind !== 'paged') {
      throw new InvalidOptionError(
        `endpoints[${describe(topic)}]`,
        endpoints[topic],
        'endpoint(…) or pagedEndpoint(…)',
      );
    }
  }
  if (cache !== undefined && typeof cache?.get !== 'function') {
    throw new InvalidOptionError('cache', cache, 'what `bus.cache({ name })` gives');
  }
  checkMs('timeoutMs', timeoutMs);
  // Before the source: it would tell of the credit that is made of it.
  if (typeof concurrency !== 'object') checkCount('concurrency', concurrency ?? 1);
  for (const bound of ['pageBytes', 'totalBytes', 'answerBytes'] as const) checkCount(bound, options[bound] ?? 1);
}
