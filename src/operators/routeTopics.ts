import type { OperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { TopicIndex } from '../core/topicIndex.ts';
import { described, type GraphNode } from '../internal/graph.ts';
import type { Branch } from './branch.ts';
import { checkFunction } from './checkFunction.ts';
import { routeNode } from './routeNode.ts';
import { routeThrough } from './routeThrough.ts';
import { UnroutableError } from './unroutableError.ts';

export interface RouteTopicsOptions<Otherwise> {
  /**
   * Which branches get a delivery: the first whose pattern matches, or all of them, each with its share: then the
   * delivery settles when every share has, with the worst verdict.
   * @default 'first'
   */
  readonly match?: 'first' | 'all';
  /**
   * What matches none: is rejected with an `UnroutableError`, is acknowledged, passes as it is, or takes this branch.
   * @default 'reject'
   */
  readonly otherwise?: Otherwise;
}

/** Patterns with their branches. The second part is for inference alone: the first says nothing of T. */
type Branches<T, R> = { readonly [Pattern in keyof R]: Branch<T, R[Pattern]> } & Readonly<
  Record<string, Branch<T, unknown>>
>;

/**
 * Routes each delivery by its topic through the branch whose pattern matches, and merges what the branches emit.
 *
 *     source:                       -a1-b1-c1-a2-|
 *     routeTopics({                 -a1-B1----a2-|    c1 is rejected
 *       'a.*': (as) => as,
 *       'b.*': mapData(toUpper),
 *     })
 *
 * The order of patterns is that of the object's keys; what a topic costs does not grow with their number. JavaScript puts
 * keys that are whole numbers (`'2024'`) before all others: write such a pattern as `'[2]024'`, or don't let the order
 * matter.
 *
 * A branch is applied once for the graph, to a source that is never subscribed, and once at each subscription.
 *
 * Order: kept within a branch. Memory: what the source emits while it is being routed, at most its credit; 20,000 topics.
 * A batch that goes to several branches goes as an array: the shares have no members of their own.
 * Settlement: the branches'. What comes for a branch that ended early (by `take`, say) fails with a `BranchEndedError`;
 * a callback's throw is the branch's. The output completes when every branch has; if they all do before the source,
 * the source is unsubscribed. An error of the source or of a branch is the output's at once; what waits is released.
 *
 * @example
 * bus.from('trading.orders.*', { group: 'desk' }).pipe(
 *   routeTopics({
 *     'trading.orders.new': (orders) => orders.pipe(handle(book)),
 *     'trading.orders.{amend,cancel}': (changes) => changes.pipe(handle(change)),
 *   }),
 * );
 *
 * @throws {InvalidOptionError} if there is no branch, one is no function, or an option is out of bounds
 * @throws {InvalidPatternError} if a pattern can't be compiled
 */
export function routeTopics<T, R, S = never>(
  branches: Branches<T, R>,
  options?: RouteTopicsOptions<'reject' | 'ack' | Branch<T, S>>,
): OperatorFunction<Delivery<T>, Delivery<R[keyof R] | S>>;
export function routeTopics<T, R>(
  branches: Branches<T, R>,
  options: RouteTopicsOptions<'pass'>,
): OperatorFunction<Delivery<T>, Delivery<R[keyof R] | T>>;
export function routeTopics<T>(
  branches: Readonly<Record<string, Branch<T, unknown>>>,
  options: RouteTopicsOptions<Otherwise<T>> = {},
): OperatorFunction<Delivery<T>, Delivery> {
  const { match = 'first', otherwise = 'reject' } = options;
  const routes = Object.entries(branches ?? {});
  if (routes.length === 0) throw new InvalidOptionError('branches', branches, 'at least one pattern with its branch');
  check(routes, match, otherwise);
  const patterns = routes.map(([pattern]) => pattern);
  const index = new TopicIndex(patterns, { match });
  const rest = restBranch(otherwise);
  const all = rest ? [...routes, ['otherwise', rest] as const] : routes;
  const restIndex = rest ? [routes.length] : [];
  const operator = routeThrough(
    all.map(([, branch]) => branch),
    {
      names: all.map(([name]) => `'${name}'`),
      choose({ message }) {
        const found = index.find(message.topic);
        return found.length > 0 ? found : restIndex;
      },
      settle(delivery) {
        if (otherwise === 'ack') delivery.ack();
        else delivery.reject(new UnroutableError(delivery.message, patterns));
      },
    },
  );
  const attributes = { match, otherwise: typeof otherwise === 'string' ? otherwise : 'branch' };
  const nodes = all.map(([name, branch]) => routeNode(name, branch));
  const node: GraphNode = { kind: 'operator', name: 'routeTopics', attributes, routes: nodes };
  return described(node, operator);
}

type Otherwise<T> = 'reject' | 'ack' | 'pass' | Branch<T, unknown>;

function restBranch<T>(otherwise: Otherwise<T>): Branch<T, unknown> | undefined {
  if (otherwise === 'pass') return (source) => source;
  return typeof otherwise === 'function' ? otherwise : undefined;
}

function check(routes: readonly [string, unknown][], match: unknown, otherwise: unknown): void {
  for (const [pattern, branch] of routes) checkFunction(`branches['${pattern}']`, branch);
  if (match !== 'first' && match !== 'all') throw new InvalidOptionError('match', match, "'first' or 'all'");
  if (typeof otherwise !== 'function' && !['reject', 'ack', 'pass'].includes(otherwise as string)) {
    throw new InvalidOptionError('otherwise', otherwise, "'reject', 'ack', 'pass' or a branch");
  }
}
