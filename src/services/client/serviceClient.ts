import { randomUUID } from 'node:crypto';
import { asyncScheduler, lastValueFrom, Observable, type SchedulerLike, tap } from 'rxjs';
import type { Bus } from '../../bus/bus.ts';
import { RequestTimeoutError } from '../../bus/requests/protocol.ts';
import { checkOptions, type OptionNames } from '../../core/checkOptions.ts';
import type { Headers } from '../../core/message.ts';
import type { Priority } from '../../core/priority.ts';
import { checkTopic } from '../../core/topic.ts';
import { checkMs } from '../../operators/checkMs.ts';
import { checkPriority } from '../../operators/checkPriority.ts';
import { checkBus } from '../checkBus.ts';
import type { Endpoints } from '../endpoint.ts';
import type { PagedAnswer } from '../reply.ts';
import type { RequestEnvelope } from '../serving/serviceRequest.ts';
import type { AnswerOf, ParamsOf, ReplyOf } from './clientTypes.ts';
import { Exchange, type GoodReply } from './exchange.ts';
import { ReplyWatch } from './replyWatch.ts';

/** How a request is sent. */
export interface ServiceRequestOptions {
  /** Of the request and of all replies. @default 'normal' */
  readonly priority?: Priority;
  /** How long to wait for the end of the answer, in ms; after that nobody works on it any more either. @default 60_000 */
  readonly timeoutMs?: number;
  /** How old an answer from the cache may be, in ms; 0 asks anew. @default the endpoint's */
  readonly cacheTtlMs?: number;
  readonly headers?: Headers;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

const OPTION_NAMES: OptionNames<ServiceRequestOptions> = {
  priority: true,
  timeoutMs: true,
  cacheTtlMs: true,
  headers: true,
  scheduler: true,
};

/** Asks the endpoints of services. */
export interface ServiceClient<E extends Endpoints> {
  /**
   * Progress, pages, and then the result; cold: each subscription is a request of its own.
   *
   * Order: the endpoint's. Memory: none; what comes while the subscriber is busy stays with the store. Errors:
   * `EndpointError` with what the service replied, or with `ANSWER_GAP` or `ANSWER_CHANGED` if what came is not the whole
   * of one answer; `RequestTimeoutError` if the end did not come in time; what publishing refuses.
   */
  request$<T extends keyof E & string>(
    topic: T,
    params: ParamsOf<E[T]>,
    options?: ServiceRequestOptions,
  ): Observable<ReplyOf<E[T]>>;

  /** The whole answer: of an endpoint that answers in pages, `{ items, warnings }`. Rejects as `request$` errors. */
  request<T extends keyof E & string>(
    topic: T,
    params: ParamsOf<E[T]>,
    options?: ServiceRequestOptions,
  ): Promise<AnswerOf<E[T]>>;
}

/** What a client needs of a bus. */
export type ClientPort = Pick<Bus, 'publish' | 'store' | 'subscribe'>;

const watches = new WeakMap<ClientPort, ReplyWatch>();

/**
 * A client of services on a bus, typed by their endpoints. All clients of a bus share one view of the replies, which is
 * there from the first request until the bus is closed.
 *
 * @example
 * import type { DbnomicsEndpoints } from 'sluice/services';
 * const client = serviceClient<DbnomicsEndpoints>(bus);
 * const pages = client.request$('dbnomics.series.fetch', { ids: ['ECB/EXR/D.USD.EUR.SP00.A'] }, { priority: 'high' });
 * pages.subscribe((reply) => console.log(reply.kind));
 *
 * @throws {InvalidOptionError} if it is no bus
 */
export function serviceClient<E extends Endpoints = Endpoints>(bus: ClientPort): ServiceClient<E> {
  checkBus(bus);
  const request$ = (topic: string, params: unknown, options?: ServiceRequestOptions) =>
    replies(bus, topic, params, options);
  const request = async (topic: string, params: unknown, options?: ServiceRequestOptions) => {
    const gathering = new Gathering();
    await lastValueFrom(replies(bus, topic, params, options).pipe(tap((reply) => gathering.take(reply))));
    return gathering.answer;
  };
  return { request$, request } as unknown as ServiceClient<E>;
}

function replies(
  bus: ClientPort,
  topic: string,
  params: unknown,
  options: ServiceRequestOptions = {},
): Observable<GoodReply> {
  checkOptions('options', options, OPTION_NAMES);
  const { priority = 'normal', timeoutMs = 60_000, cacheTtlMs, headers, scheduler = asyncScheduler } = options;
  checkTopic(topic);
  checkMs('timeoutMs', timeoutMs);
  checkPriority('priority', priority);
  return new Observable<GoodReply>((subscriber) => {
    const watch = watchOf(bus);
    const exchange = new Exchange(subscriber);
    const requestId = randomUUID();
    subscriber.add(scheduler.schedule(() => exchange.fail(new RequestTimeoutError(topic, timeoutMs)), timeoutMs));
    const send = async () => {
      await watch.ready();
      if (subscriber.closed) return;
      subscriber.add(watch.add(requestId, exchange));
      const cached = cacheTtlMs === undefined ? {} : { cacheTtlMs };
      // A field that is undefined would not arrive, and without it this were no request, but parameters.
      const asked = { params: params ?? null, callbackTopic: watch.address, requestId, timeoutMs, ...cached };
      await bus.publish(topic, asked satisfies RequestEnvelope, { priority, ...(headers && { headers }) });
    };
    send().catch((cause) => exchange.fail(cause));
  });
}

function watchOf(bus: ClientPort): ReplyWatch {
  const known = watches.get(bus);
  if (known) return known;
  const watch = new ReplyWatch(bus);
  watches.set(bus, watch);
  return watch;
}

/** Gathers an answer. */
class Gathering {
  private readonly items: unknown[] = [];
  private last: GoodReply | undefined;

  take(reply: GoodReply): void {
    if (reply.kind === 'page') for (const item of reply.items) this.items.push(item);
    this.last = reply;
  }

  get answer(): unknown {
    if (this.last?.kind !== 'result') return undefined;
    const { paged, answer, warnings, cached } = this.last;
    if (!paged) return answer;
    return { items: this.items, warnings, ...(cached && { cached }) } satisfies PagedAnswer;
  }
}
