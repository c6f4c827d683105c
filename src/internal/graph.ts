import type { Observable, OperatorFunction } from 'rxjs';

/** A node of a pipeline's graph, as data. */
export interface GraphNode {
  readonly kind: 'source' | 'operator' | 'stage' | 'sink' | 'route';
  readonly name: string;
  /** What it was told: patterns, group, concurrency. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** The chain inside a stage. */
  readonly inner?: readonly GraphNode[];
  /** A router's branches, each with its condition as `name` and its chain as `inner`. */
  readonly routes?: readonly GraphNode[];
}

const CHAIN = Symbol('sluice.chain');

type Chained = { [CHAIN]?: readonly GraphNode[]; readonly source?: unknown };

/** Gives an operator its place in the graph: what it is applied to is remembered with what it makes. */
export function described<T, R>(node: GraphNode, operator: OperatorFunction<T, R>): OperatorFunction<T, R> {
  return (source) => chained(operator(source), [...chainOf(source), node]);
}

/** Gives an Observable its chain of nodes. */
export function chained<T>(observable: Observable<T>, chain: readonly GraphNode[]): Observable<T> {
  (observable as Chained)[CHAIN] = chain;
  return observable;
}

/** The nodes that made an Observable; an operator from elsewhere shows as `operator`. */
export function chainOf(observable: unknown): readonly GraphNode[] {
  if (typeof observable !== 'object' || observable === null) return [];
  const { [CHAIN]: chain, source } = observable as Chained;
  if (chain) return chain;
  return source === undefined ? [] : [...chainOf(source), { kind: 'operator', name: 'operator' }];
}
