import { Observable } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { chainOf, type GraphNode } from '../internal/graph.ts';
import type { Branch } from './branch.ts';

/** A branch as a route of the graph; its chain is found by applying it to a source that is never subscribed. */
export function routeNode<T, R>(name: string, branch: Branch<T, R>): GraphNode {
  return { kind: 'route', name, inner: chainOf(branch(new Observable<Delivery<T>>())) };
}
