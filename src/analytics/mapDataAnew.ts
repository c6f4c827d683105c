import { defer, type OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { described, type GraphNode } from '../internal/graph.ts';
import { mapData } from '../operators/mapData.ts';

/** `mapData` by a function that is made for each subscription, and once at the call: what makes no sense throws there. */
export function mapDataAnew<T, R>(
  name: string,
  /** For the graph; asked once what it is made of is known to make sense. */
  attributes: () => Readonly<Record<string, unknown>>,
  make: () => (data: T) => R,
): OperatorFunction<Delivery<T>, Delivery<R>> {
  make();
  const node: GraphNode = { kind: 'operator', name, attributes: attributes() };
  return described(node, (source) => defer(() => source.pipe(mapData(make()))));
}
