import { Observable, type Subscriber } from 'rxjs';
import { onlyAnswer } from '../../bus/requests/onlyAnswer.ts';
import type { Cache, Cached } from '../../cache/cache.ts';
import type { CachePolicy } from '../../cache/cachePolicy.ts';
import type { AnyEndpoint, EndpointContext, Items } from '../endpoint.ts';
import type { CacheMark, Warning } from '../reply.ts';
import { cacheKey } from './cacheKey.ts';
import { pulled } from './pulled.ts';
import { PushedItems } from './pushedItems.ts';

/** What an endpoint gives, and where it comes from. */
export interface Answers {
  /** The items; of an endpoint that answers with one value, that. */
  readonly items: Items<unknown>;
  /** Known once the items are over; undefined of what was fetched for this request alone. */
  readonly mark: () => CacheMark | undefined;
}

/** How a request may be answered from a cache. */
export interface CacheUse {
  readonly cache: Cache;
  readonly policy: CachePolicy;
}

/** The answers of an endpoint, from a cache if it may be. */
export function answersOf(
  endpoint: AnyEndpoint,
  params: unknown,
  context: EndpointContext,
  use: CacheUse | undefined,
): Answers {
  if (!use) return { items: itemsOf(endpoint, params, context), mark: () => undefined };
  return new CachedAnswers(endpoint, params, context, use);
}

/** How the cache is to be used for a request, by what the endpoint and the request say; undefined if not at all. */
export function cacheUse(
  cache: Cache | undefined,
  { cache: policy }: AnyEndpoint,
  cacheTtlMs: number | undefined,
): CacheUse | undefined {
  if (!cache || !policy) return undefined;
  return { cache, policy: cacheTtlMs === undefined ? policy : policyOf(policy, Math.max(1, cacheTtlMs)) };
}

/** A request may want an answer to be younger, or take an older one; what is fetched for it is kept as long as any other. */
function policyOf(policy: CachePolicy, ttlMs: number): CachePolicy {
  const { staleMs = 0, staleIfErrorMs = 0 } = policy;
  const keptMs = policy.ttlMs + Math.max(staleMs, staleIfErrorMs);
  const younger = ttlMs < policy.ttlMs;
  return { ...policy, ttlMs, staleMs: younger ? 0 : staleMs, staleIfErrorMs: Math.max(staleIfErrorMs, keptMs - ttlMs) };
}

function itemsOf(endpoint: AnyEndpoint, params: unknown, context: EndpointContext): Items<unknown> {
  const given = endpoint.run(params, context);
  return endpoint.kind === 'paged' ? (given as Items<unknown>) : onlyAnswer(given, context.message.id);
}

/** What is kept of an answer, one after the other. The end is there so that an answer without items has a mark too. */
type Kept = { readonly item: unknown } | { readonly warning: Warning } | { readonly end: true };

/** How far a slower reader of a flight that can't be kept may be behind the one that began it. */
const BEHIND = 100_000;

/** Answers that are kept whole, with their warnings; those that are too large to be kept are paced by who began to fetch them. */
class CachedAnswers implements Answers {
  readonly items: AsyncIterable<unknown>;
  private last: Cached<Kept> | undefined;

  constructor(
    private readonly endpoint: AnyEndpoint,
    private readonly params: unknown,
    private readonly context: EndpointContext,
    private readonly use: CacheUse,
  ) {
    this.items = { [Symbol.asyncIterator]: () => this.iterate() };
  }

  readonly mark = (): CacheMark | undefined => {
    if (!this.last || this.last.state === 'miss' || this.last.state === 'bypass') return undefined;
    const { state, ageMs, error } = this.last;
    return { state, ageMs, ...(error && { upstream: 'code' in error ? String(error.code) : 'INTERNAL' }) };
  };

  private iterate(): AsyncIterator<unknown> {
    const { cache, policy } = this.use;
    const key = cacheKey(this.context.message.topic, this.params);
    let pushed: PushedItems<Cached<Kept>> | undefined;
    const room = () => pushed?.room(this.endpoint.kind === 'paged' ? this.endpoint.pageItems : 1);
    const all = new PushedItems(
      cache.get<Kept>(key, () => this.flight(room), policy),
      BEHIND,
    );
    pushed = all;
    return { next: () => this.next(all), return: () => all.return() };
  }

  private async next(pushed: PushedItems<Cached<Kept>>): Promise<IteratorResult<unknown>> {
    for (;;) {
      const { done, value: kept } = await pushed.next();
      if (done) return { done, value: undefined };
      this.last = kept;
      const { value } = kept;
      if ('item' in value) return { done: false, value: value.item };
      if ('warning' in value) this.context.warn(value.warning);
    }
  }

  /** Runs the endpoint for all who wait for the same answer: their signal is that nobody does any more. */
  private flight(room: () => Promise<void> | undefined): Observable<Kept> {
    return new Observable((subscriber) => {
      const over = new AbortController();
      this.fly(subscriber, over.signal, room).catch((cause) => subscriber.error(cause));
      return () => over.abort();
    });
  }

  private async fly(
    subscriber: Subscriber<Kept>,
    signal: AbortSignal,
    room: () => Promise<void> | undefined,
  ): Promise<void> {
    const { endpoint, params } = this;
    const warn = (warning: Warning) => subscriber.next({ warning });
    const items = itemsOf(endpoint, params, { ...this.context, signal, warn });
    for await (const item of pulled(items, signal)) {
      subscriber.next({ item });
      await room();
    }
    subscriber.next({ end: true });
    subscriber.complete();
  }
}
