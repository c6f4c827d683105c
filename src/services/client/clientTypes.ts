import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Endpoint, Endpoints, PagedEndpoint } from '../endpoint.ts';
import type { PagedAnswer, PageReply, ProgressReply, ResultReply } from '../reply.ts';

// biome-ignore lint/suspicious/noExplicitAny: what an endpoint takes is contravariant, and `any` fits every one of them
type Any = any;

/** What an endpoint takes. */
export type ParamsOf<E> = E extends { readonly params: infer S extends StandardSchemaV1 }
  ? StandardSchemaV1.InferInput<S>
  : never;

/** What an endpoint answers with: its value, or `{ items, warnings }` of one that answers in pages. */
export type AnswerOf<E> =
  E extends PagedEndpoint<Any, infer I> ? PagedAnswer<I> : E extends Endpoint<Any, infer A> ? Answered<A> : never;

/** What comes of a request before it is over, and its result. */
export type ReplyOf<E> =
  E extends PagedEndpoint<Any, infer I>
    ? ProgressReply | PageReply<I> | ResultReply<null>
    : E extends Endpoint<Any, infer A>
      ? ProgressReply | ResultReply<Answered<A>>
      : never;

/** Nothing is answered as null. */
type Answered<A> = OrNull<Awaited<A>>;
type OrNull<A> = A extends undefined | void ? null : A;

/** The endpoints of a service: `EndpointsOf<typeof prices>`. */
export type EndpointsOf<S> = S extends { readonly endpoints: infer E extends Endpoints } ? E : never;
