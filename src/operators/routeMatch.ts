import { context } from '@opentelemetry/api';
import type { OperatorFunction } from 'rxjs';
import { isMatching, type P } from 'ts-pattern';
import type { Delivery } from '../core/delivery.ts';
import { described } from '../internal/graph.ts';
import type { Branch } from './branch.ts';
import { caseName } from './caseName.ts';
import { checkFunction } from './checkFunction.ts';
import { routeNode } from './routeNode.ts';
import { routeThrough } from './routeThrough.ts';
import type { Unmatched } from './unmatched.ts';
import { UnmatchedError } from './unmatchedError.ts';

/** Why `exhaustive` can't be called: the case that has no branch yet. */
export interface MissingCase<Case> {
  readonly missing: Case;
}

/** A router in the making. T is the data, Left what no case takes yet, R what the branches emit. Immutable. */
export interface RouteMatch<T, Left, R> {
  /** Adds a case: what fits the pattern takes the branch. */
  with<const Case extends P.Pattern<Left>, S>(
    pattern: Case,
    branch: Branch<P.narrow<Left, Case>, S>,
  ): RouteMatch<T, Unmatched<Left, Case>, R | S>;
  /** Adds a case that also asks a predicate; to the types it leaves as much as there was. */
  with<const Case extends P.Pattern<Left>, S>(
    pattern: Case,
    guard: (data: P.narrow<Left, Case>) => boolean,
    branch: Branch<P.narrow<Left, Case>, S>,
  ): RouteMatch<T, Left, R | S>;
  /** The operator, with a branch for what no case takes. */
  otherwise<S>(branch: Branch<Left, S>): OperatorFunction<Delivery<T>, Delivery<R | S>>;
  /** The operator. While a case is missing this can't be called, and the compiler's message names the case. */
  readonly exhaustive: [Left] extends [never] ? () => OperatorFunction<Delivery<T>, Delivery<R>> : MissingCase<Left>;
}

/**
 * Routes each delivery by its data through the branch of the first case that it fits, and merges what the branches emit.
 * Cases are patterns of ts-pattern; a branch's data have the type that its pattern leaves them.
 *
 *     source:                       -b1-s1-b2-|
 *     routeMatch()                  -B1-s1-B2-|
 *       .with({side: 'buy'}, …)
 *       .with({side: 'sell'}, …)
 *       .exhaustive()
 *
 * Data that fit no case, though by their type they must, are rejected with an `UnmatchedError`: validate before routing.
 *
 * Order: kept within a branch. Memory: what the source emits while it is being routed, at most its credit.
 * Settlement: the branches'; what a guard throws fails the delivery. Branches that end early, the end and errors: as
 * with `routeTopics`.
 *
 * @example
 * routeMatch<Order>()
 *   .with({ side: 'buy' }, (buys) => buys.pipe(handle(reserve)))
 *   .with({ side: P.union('sell', 'short') }, (sales) => sales.pipe(handle(locate)))
 *   .exhaustive();
 */
export function routeMatch<T>(): RouteMatch<T, T, never> {
  return builder([]) as unknown as RouteMatch<T, T, never>;
}

type AnyBranch = Branch<unknown, unknown>;
type Guard = (data: unknown) => boolean;

interface Case {
  readonly name: string;
  readonly fits: Guard;
  readonly branch: AnyBranch;
}

function builder(cases: readonly Case[]) {
  return {
    with(pattern: P.Pattern<unknown>, ...rest: [AnyBranch] | [Guard, AnyBranch]) {
      const [guard, branch] = rest.length === 1 ? [undefined, rest[0]] : rest;
      checkFunction('branch', branch);
      if (guard) checkFunction('guard', guard);
      const matches = isMatching(pattern);
      const fits = guard ? (data: unknown) => matches(data) && guard(data) : matches;
      return builder([...cases, { name: caseName(pattern), fits, branch }]);
    },
    otherwise(branch: AnyBranch) {
      checkFunction('branch', branch);
      return operator([...cases, { name: 'otherwise', fits: () => true, branch }]);
    },
    exhaustive: () => operator(cases),
  };
}

function operator(cases: readonly Case[]): OperatorFunction<Delivery, Delivery> {
  const names = cases.map(({ name }) => name);
  const find = (data: unknown) => cases.findIndex(({ fits }) => fits(data));
  const routing = routeThrough(
    cases.map(({ branch }) => branch),
    {
      names,
      choose(delivery) {
        const found = context.with(delivery.context, find, undefined, delivery.data);
        return found < 0 ? [] : [found];
      },
      settle: (delivery) => void delivery.reject(new UnmatchedError(delivery.message, names)),
    },
  );
  const routes = cases.map(({ name, branch }) => routeNode(name, branch));
  return described({ kind: 'operator', name: 'routeMatch', routes }, routing);
}
