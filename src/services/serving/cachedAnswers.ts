import { Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import type { Cache, Cached } from '../../cache/cache.ts';
import type { CachePolicy } from '../../cache/cachePolicy.ts';
import type { AnyEndpoint, EndpointContext } from '../endpoint.ts';
import type { CacheMark, Warning } from '../reply.ts';
import { Deadline } from './deadline.ts';
import { itemsOf } from './itemsOf.ts';
import { pulled } from './pulled.ts';
import { PushedItems } from './pushedItems.ts';
import type { Readers } from './readers.ts';

/** Where a service keeps its answers, and who waits for them. */
export interface AnswerCache {
  readonly cache: Cache;
  readonly readers: Readers;
  /** How long a flight may take whose first asker would give up earlier, in ms: others wait for it, or nobody does. */
  readonly timeoutMs: number;
  readonly scheduler: SchedulerLike;
}

/** A request that may be answered from a cache. */
export interface CacheableRequest {
  readonly endpoint: AnyEndpoint;
  readonly params: unknown;
  readonly context: EndpointContext;
  readonly key: string;
  readonly policy: CachePolicy;
}

/** What is kept of an answer, one after the other. The end is there so that an answer without items has a mark too. */
type Kept = { readonly item: unknown } | { readonly warning: Warning } | { readonly end: true };

/** Answers that are kept whole, with their warnings; those that are too large to be kept are paced by the slowest reader. */
export class CachedAnswers {
  readonly items: AsyncIterable<unknown>;
  private last: Cached<Kept> | undefined;

  constructor(
    private readonly request: CacheableRequest,
    private readonly answers: AnswerCache,
  ) {
    this.items = { [Symbol.asyncIterator]: () => this.iterate() };
  }

  readonly mark = (): CacheMark | undefined => {
    if (!this.last || this.last.state === 'miss' || this.last.state === 'bypass') return undefined;
    const { state, ageMs, error } = this.last;
    return { state, ageMs, ...(error && { upstream: 'code' in error ? String(error.code) : 'INTERNAL' }) };
  };

  private iterate(): AsyncIterator<unknown> {
    const { key, policy } = this.request;
    const { cache, readers } = this.answers;
    // What the cache hands on at once is bounded by its largest entry, and what passes through it by the pace of its readers.
    const all = new PushedItems(
      cache.get<Kept>(key, () => this.flight(), policy),
      Infinity,
    );
    const leave = readers.add(key, all);
    return {
      next: async () => {
        const result = await this.next(all);
        if (result.done) leave();
        return result;
      },
      return: () => {
        leave();
        return all.return();
      },
    };
  }

  private async next(pushed: PushedItems<Cached<Kept>>): Promise<IteratorResult<unknown>> {
    for (;;) {
      const { done, value: kept } = await pushed.next();
      if (done) return { done, value: undefined };
      this.last = kept;
      const { value } = kept;
      if ('item' in value) return { done: false, value: value.item };
      if ('warning' in value) this.request.context.warn(value.warning);
    }
  }

  /** Runs the endpoint for all who wait for the same answer: their signal is that nobody does any more. */
  private flight(): Observable<Kept> {
    return new Observable((subscriber) => {
      const over = new AbortController();
      this.fly(subscriber, over.signal).catch((cause) => subscriber.error(cause));
      return () => over.abort();
    });
  }

  private async fly(subscriber: Subscriber<Kept>, unwanted: AbortSignal): Promise<void> {
    const { endpoint, params, context, key } = this.request;
    const { readers, timeoutMs, scheduler } = this.answers;
    // Nobody may be waiting whose deadline would end it, and who comes later would wait for it in vain.
    const deadlineMs = Math.max(context.deadlineMs, scheduler.now() + timeoutMs);
    const deadline = new Deadline(context.message.topic, deadlineMs, unwanted, scheduler);
    const { signal } = deadline;
    const count = endpoint.kind === 'paged' ? endpoint.pageItems : 1;
    try {
      const warn = (warning: Warning) => subscriber.next({ warning });
      for await (const item of pulled(itemsOf(endpoint, params, { ...context, signal, deadlineMs, warn }), signal)) {
        subscriber.next({ item });
        await readers.room(key, count);
      }
      subscriber.next({ end: true });
      subscriber.complete();
    } finally {
      deadline.end();
    }
  }
}
