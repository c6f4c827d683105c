import { Observable } from 'rxjs';
import { InvalidOptionError } from '../core/errors.ts';
import type { Priority } from '../core/priority.ts';
import { chained, chainOf, type GraphNode } from '../internal/graph.ts';
import { checkCount } from './checkCount.ts';
import { checkFunction } from './checkFunction.ts';
import { PriorityMerge, type PriorityMergeOptions } from './priorityMerge.ts';
import { type PriorityOptions, priorityRules } from './priorityOptions.ts';
import { type MergedByPriority, type PriorityInput, type PrioritySources, priorityInputs } from './prioritySources.ts';

export interface MergeByPriorityOptions<T> extends PriorityOptions {
  /** A value's tier. @default the tier its source is given for; of sources in an array a delivery's own, and else normal */
  readonly priorityOf?: (value: T) => Priority;
  /** Of deliveries: how many may be passed on and unsettled at once, a whole number from 1. @default 16 */
  readonly maxInFlight?: number;
  /** Of plain values: how many of a tier may wait for their turn, a whole number from 1. @default 1_000 */
  readonly bufferSize?: number;
  /** Of plain values: what becomes of one too many. `'error'` errors with `BufferOverflowError`. @default 'error' */
  readonly overflow?: 'error' | 'drop-oldest' | 'drop-newest';
}

/**
 * Merges sources so that what is more urgent goes first: RxJS's `merge`, with a tier for each source or each value.
 *
 *     critical:                          ------c-----|
 *     low:                               (klm)-------|
 *     settled:                           ---k----l--c--m
 *     mergeByPriority, maxInFlight: 1:   k--l----c--m|
 *
 * RxJS pushes, so what is next can only be chosen among what waits. Of **deliveries**, `maxInFlight` are passed on and the
 * others wait until those settle: at most the credit of their sources. **Plain values** have no such signal: what comes in
 * one turn of the event loop waits for its end and is handed on by priority, one after the other, and every 10 ms timers and
 * sockets have their turn, so that something urgent gets in front of what waits. They wait up to `bufferSize` a tier, so
 * that none takes another's room. For work that takes its time make deliveries of them first, with `fromObservable`.
 *
 * Order: by policy, within a tier as it came. Memory: what waits, as said. Settlement: none of its own; what others settle
 * while it waits is dropped. Completes when every source has and nothing waits. Errors: a source's error ends it: what
 * waits is released, plain values are handed on first. What `priorityOf` throws, or gives that is no tier, fails a
 * delivery; of a plain value it is the error.
 *
 * @example
 * mergeByPriority(
 *   { critical: bus.from('alerts.*', { group: 'desk' }), low: bus.from('history.*', { group: 'desk' }) },
 *   { policy: 'weighted', maxInFlight: 50 },
 * ).pipe(handle(book, { concurrency: 50 }));
 *
 * @throws {InvalidOptionError} if a source or an option can't be used
 */
export function mergeByPriority<S extends PrioritySources>(
  sources: S,
  options: MergeByPriorityOptions<MergedByPriority<S>> = {},
): Observable<MergedByPriority<S>> {
  const { maxInFlight, ...rest } = settingsOf(options as MergeByPriorityOptions<unknown>);
  const inputs = priorityInputs(sources);
  const merged = new Observable<unknown>((subscriber) => {
    const merge = new PriorityMerge(inputs, { maxInFlight, ...rest }, subscriber);
    merge.start();
    return () => merge.stop();
  });
  const attributes = { maxInFlight, policy: rest.rules.policy };
  const node: GraphNode = { kind: 'source', name: 'mergeByPriority', attributes, routes: inputs.map(routeOf) };
  return chained(merged as Observable<MergedByPriority<S>>, [node]);
}

function settingsOf(options: MergeByPriorityOptions<unknown>): PriorityMergeOptions {
  const { maxInFlight = 16, bufferSize = 1_000, overflow = 'error', priorityOf } = options;
  checkCount('maxInFlight', maxInFlight);
  checkCount('bufferSize', bufferSize);
  if (!['error', 'drop-oldest', 'drop-newest'].includes(overflow)) {
    throw new InvalidOptionError('overflow', overflow, "'error', 'drop-oldest' or 'drop-newest'");
  }
  if (priorityOf !== undefined) checkFunction('priorityOf', priorityOf);
  return { maxInFlight, bufferSize, overflow, priorityOf, rules: priorityRules(options) };
}

function routeOf({ name, source }: PriorityInput): GraphNode {
  return { kind: 'route', name, inner: chainOf(source) };
}
