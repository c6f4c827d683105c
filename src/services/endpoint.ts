import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Observable } from 'rxjs';
import { type CachePolicy, wholePolicy } from '../cache/cachePolicy.ts';
import { InvalidOptionError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import { checkCount } from '../operators/checkCount.ts';
import { checkFunction } from '../operators/checkFunction.ts';
import type { Warning } from './reply.ts';

/** What an endpoint is told beside its parameters. */
export interface EndpointContext {
  readonly message: Message;
  readonly requestId: string;
  /**
   * Aborted when the answer is not wanted any more: at the request's deadline, at that of a stop, or when another instance
   * has the request now.
   */
  readonly signal: AbortSignal;
  /** When the answer is not wanted any more, in ms since the epoch by this machine's clock. */
  readonly deadlineMs: number;
  /** Tells how far it is, in whatever unit fits. At most one a second goes out; what comes between is left out. */
  progress(done: number, total?: number): void;
  /** Something of the answer could not be had; it goes with the answer. The first 100 are kept. */
  warn(warning: Warning): void;
}

/** What gives out items, one after the other. An Observable that is faster than its reader may be 10,000 items ahead. */
export type Items<I> = AsyncIterable<I> | Iterable<I> | Observable<I>;

interface Described<P extends StandardSchemaV1> {
  /** What the parameters must be. */
  readonly params: P;
  /** The same in words, for whoever got it wrong: `{ symbol: string, days?: number }`. */
  readonly takes?: string;
  /**
   * How answers are kept in the service's cache, by their parameters, as the schema made them: data, Dates, Maps and Sets of
   * it; nothing is kept for other objects. A request may say another `ttlMs`, as `cacheTtlMs`.
   * @default not at all
   */
  readonly cache?: CachePolicy;
}

/** Answers a request with one value. */
export interface EndpointOptions<P extends StandardSchemaV1, A> extends Described<P> {
  run(params: StandardSchemaV1.InferOutput<P>, context: EndpointContext): A | PromiseLike<A> | Observable<A>;
}

export interface Endpoint<P extends StandardSchemaV1 = StandardSchemaV1, A = unknown> extends EndpointOptions<P, A> {
  readonly kind: 'single';
}

/** Answers a request with many items, in pages. */
export interface PagedEndpointOptions<P extends StandardSchemaV1, I> extends Described<P> {
  /** The most items of a page. @default 500 */
  readonly pageItems?: number;
  run(params: StandardSchemaV1.InferOutput<P>, context: EndpointContext): Items<I>;
}

export interface PagedEndpoint<P extends StandardSchemaV1 = StandardSchemaV1, I = unknown>
  extends Omit<PagedEndpointOptions<P, I>, 'pageItems'> {
  readonly kind: 'paged';
  readonly pageItems: number;
}

export type AnyEndpoint = Endpoint | PagedEndpoint;

/** Endpoints by their topics. */
export type Endpoints = Readonly<Record<string, AnyEndpoint>>;

/**
 * An endpoint of a service that answers with one value, or a Promise or an Observable of one; nothing is answered as null.
 *
 * @example
 * const quote = endpoint({
 *   params: z.strictObject({ symbol: z.string() }),
 *   takes: '{ symbol: string }',
 *   run: async ({ symbol }, { signal }) => (await fetch(url(symbol), { signal })).json(),
 * });
 *
 * @throws {InvalidOptionError} if `params` is no Standard Schema, `run` no function, or `cache` no policy
 */
export function endpoint<P extends StandardSchemaV1, A>(options: EndpointOptions<P, A>): Endpoint<P, A> {
  checkDescribed(options);
  return { ...options, kind: 'single' };
}

/**
 * An endpoint of a service that answers with many items: whoever asked gets them in pages, or all at once if they fit into
 * one message. The next item is asked for when the page before is with the store, so that memory holds one page.
 *
 * @example
 * const history = pagedEndpoint({
 *   params: z.strictObject({ symbol: z.string() }),
 *   run: async function* ({ symbol }) {
 *     for (let day = 1; day <= 31; day += 1) yield { symbol, day };
 *   },
 * });
 *
 * @throws {InvalidOptionError} if `params` is no Standard Schema, `run` no function, `cache` no policy, or
 * `pageItems` no whole number from 1
 */
export function pagedEndpoint<P extends StandardSchemaV1, I>(options: PagedEndpointOptions<P, I>): PagedEndpoint<P, I> {
  const { pageItems = 500 } = options;
  checkDescribed(options);
  checkCount('pageItems', pageItems);
  return { ...options, kind: 'paged', pageItems };
}

function checkDescribed(options: Described<StandardSchemaV1> & { readonly run: unknown }): void {
  const { params, run, cache } = options;
  const standard = (params as Partial<StandardSchemaV1> | null | undefined)?.['~standard'];
  if (typeof standard?.validate !== 'function') {
    throw new InvalidOptionError('params', params, 'a Standard Schema, such as one of zod, valibot or arktype');
  }
  checkFunction('run', run);
  if (cache !== undefined) wholePolicy(cache);
}
