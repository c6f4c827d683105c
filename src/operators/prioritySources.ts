import { from, type Observable, type ObservableInput, type ObservedValueOf } from 'rxjs';
import { InvalidOptionError } from '../core/errors.ts';
import { PRIORITIES, type Priority } from '../core/priority.ts';

/** What is merged: a source for some tiers, or sources whose values tell their tier. */
export type PrioritySources =
  | { readonly [P in Priority]?: ObservableInput<unknown> }
  | readonly ObservableInput<unknown>[];

/** What comes out of merged sources. */
export type MergedByPriority<S extends PrioritySources> = S extends readonly ObservableInput<infer T>[]
  ? T
  : ObservedValueOf<Extract<S[keyof S], ObservableInput<unknown>>>;

/** One source, and the tier it is given for. */
export interface PriorityInput {
  readonly name: string;
  readonly priority: Priority | undefined;
  readonly source: Observable<unknown>;
}

/**
 * The sources, the most urgent first: so that it is also subscribed first.
 *
 * @throws {InvalidOptionError} if there is none, or one that is no source or has no tier
 */
export function priorityInputs(sources: unknown): readonly PriorityInput[] {
  if (typeof sources !== 'object' || sources === null || Object.keys(sources).length === 0) {
    throw new InvalidOptionError('sources', sources, 'an object with a source for some tiers, or an array of sources');
  }
  if (Array.isArray(sources)) {
    return sources.map((source, i) => ({ name: `${i}`, priority: undefined, source: sourceOf(`${i}`, source) }));
  }
  for (const [tier, source] of Object.entries(sources)) {
    if (PRIORITIES.includes(tier as Priority)) continue;
    throw new InvalidOptionError(`sources.${tier}`, source, `nothing: the tiers are ${PRIORITIES.join(', ')}`);
  }
  return PRIORITIES.filter((tier) => tier in sources).map((tier) => ({
    name: tier,
    priority: tier,
    source: sourceOf(tier, (sources as Readonly<Record<string, unknown>>)[tier]),
  }));
}

function sourceOf(name: string, source: unknown): Observable<unknown> {
  try {
    return from(source as ObservableInput<unknown>);
  } catch {
    throw new InvalidOptionError(`sources.${name}`, source, 'an Observable, or what `from` of RxJS makes one of');
  }
}
