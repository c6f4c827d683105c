import { NEVER, type OperatorFunction } from 'rxjs';
import { chainOf, type GraphNode } from '../../src/internal/graph.ts';

/** An operator's node in the graph of a pipeline; it must be the only one that the operator adds. */
export function nodeOf(operator: OperatorFunction<never, unknown>): GraphNode {
  const [node, ...others] = chainOf(operator(NEVER));
  if (!node || others.length > 0) throw new Error('the operator has no node of its own, or several');
  return node;
}
