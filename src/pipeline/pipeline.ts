import { identity, isObservable, type MonoTypeOperatorFunction, type Observable, type OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { chainOf, type GraphNode } from '../internal/graph.ts';
import type { RunOptions } from './run.ts';
import { type Assemble, RunningPipeline } from './runningPipeline.ts';

/** A pipeline's graph, as data. */
export interface PipelineGraph {
  readonly name: string;
  /** The source, then what its deliveries pass, in order. */
  readonly nodes: readonly GraphNode[];
}

/** A named, inert description of a source and its stages. */
export interface Pipeline {
  readonly name: string;
  /** Subscribes: reads, passes on, acks what comes out at the end, restarts what fails. Each call is a run of its own. */
  run(options?: RunOptions): RunningPipeline;
  describe(): PipelineGraph;
}

type Op<T, R> = OperatorFunction<T, R>;
/** What may come out at the end: deliveries, or nothing at all. */
type Out = Delivery;

/**
 * Describes a pipeline: a source, and operators or stages in the order in which deliveries pass them. Nothing starts
 * before `run()`.
 *
 *     source:   -a-b-c-|
 *     stages:   --A-B-C-|
 *     settled:  --ack a, ack b, ack c
 *
 * Settlement: what comes out at the end is acked; what a stage settles is settled. When the flow errors, everything in
 * hand is given back and the whole is started again after a backoff; a delivery that a stage was just taking fails by its
 * source's policy, because it is the likely cause. When no stage was, as many as were in hand go in one at a time after
 * the restart, and fail if it comes again.
 *
 * @throws {InvalidOptionError} if the name is empty, the source no Observable, or a stage no operator
 */
// As many overloads as RxJS's own pipe has: with a tuple type in their place, `stage('x', mapData((order) => …))` would
// know nothing of `order`, since what a generic stage is to infer flows from one parameter to the next only like this.
export function pipeline<T>(name: string, source: Observable<Delivery<T>>): Pipeline;
export function pipeline<T, A extends Out>(
  name: string,
  source: Observable<Delivery<T>>,
  a: Op<Delivery<T>, A>,
): Pipeline;
export function pipeline<T, A, B extends Out>(
  name: string,
  source: Observable<Delivery<T>>,
  a: Op<Delivery<T>, A>,
  b: Op<A, B>,
): Pipeline;
export function pipeline<T, A, B, C extends Out>(
  name: string,
  source: Observable<Delivery<T>>,
  a: Op<Delivery<T>, A>,
  b: Op<A, B>,
  c: Op<B, C>,
): Pipeline;
export function pipeline<T, A, B, C, D extends Out>(
  name: string,
  source: Observable<Delivery<T>>,
  a: Op<Delivery<T>, A>,
  b: Op<A, B>,
  c: Op<B, C>,
  d: Op<C, D>,
): Pipeline;
export function pipeline<T, A, B, C, D, E extends Out>(
  name: string,
  source: Observable<Delivery<T>>,
  a: Op<Delivery<T>, A>,
  b: Op<A, B>,
  c: Op<B, C>,
  d: Op<C, D>,
  e: Op<D, E>,
): Pipeline;
export function pipeline<T, A, B, C, D, E, F extends Out>(
  name: string,
  source: Observable<Delivery<T>>,
  a: Op<Delivery<T>, A>,
  b: Op<A, B>,
  c: Op<B, C>,
  d: Op<C, D>,
  e: Op<D, E>,
  f: Op<E, F>,
): Pipeline;
export function pipeline<T, A, B, C, D, E, F, G extends Out>(
  name: string,
  source: Observable<Delivery<T>>,
  a: Op<Delivery<T>, A>,
  b: Op<A, B>,
  c: Op<B, C>,
  d: Op<C, D>,
  e: Op<D, E>,
  f: Op<E, F>,
  g: Op<F, G>,
): Pipeline;
export function pipeline<T, A, B, C, D, E, F, G, H extends Out>(
  name: string,
  source: Observable<Delivery<T>>,
  a: Op<Delivery<T>, A>,
  b: Op<A, B>,
  c: Op<B, C>,
  d: Op<C, D>,
  e: Op<D, E>,
  f: Op<E, F>,
  g: Op<F, G>,
  h: Op<G, H>,
): Pipeline;
export function pipeline<T, A, B, C, D, E, F, G, H, I>(
  name: string,
  source: Observable<Delivery<T>>,
  a: Op<Delivery<T>, A>,
  b: Op<A, B>,
  c: Op<B, C>,
  d: Op<C, D>,
  e: Op<D, E>,
  f: Op<E, F>,
  g: Op<F, G>,
  h: Op<G, H>,
  i: Op<H, I>,
  // biome-ignore lint/suspicious/noExplicitAny: beyond nine the types are the caller's to know, as in RxJS's pipe
  ...rest: Op<any, any>[]
): Pipeline;
export function pipeline(name: string, source: Observable<Delivery>, ...stages: Op<never, unknown>[]): Pipeline {
  if (typeof name !== 'string' || name === '') throw new InvalidOptionError('name', name, "the pipeline's name");
  if (!isObservable(source)) throw new InvalidOptionError('source', source, 'an Observable of deliveries');
  stages.forEach((operator, i) => {
    if (typeof operator !== 'function') throw new InvalidOptionError(`stage ${i + 1}`, operator, 'an operator');
  });
  const assemble: Assemble = (entrance, between) => apply(entrance(source), stages, between);
  return {
    name,
    run: (options = {}) => RunningPipeline.start(name, assemble, options),
    describe: () => ({ name, nodes: nodesOf(source, stages) }),
  };
}

function apply(
  source: Observable<unknown>,
  stages: readonly Op<never, unknown>[],
  between: () => MonoTypeOperatorFunction<unknown> = () => identity,
): Observable<unknown> {
  return stages.reduce<Observable<unknown>>(
    (flow, operator, i) => operator((i === 0 ? flow : between()(flow)) as Observable<never>),
    source,
  );
}

function nodesOf(source: Observable<unknown>, stages: readonly Op<never, unknown>[]): readonly GraphNode[] {
  const nodes = chainOf(apply(source, stages));
  return chainOf(source)[0]?.kind === 'source' ? nodes : [{ kind: 'source', name: 'observable' }, ...nodes];
}
