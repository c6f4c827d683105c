import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { InvalidOptionError } from '../core/errors.ts';
import { type PerPriority, PRIORITIES, type Priority } from '../core/priority.ts';
import { StrictTurns } from './strictTurns.ts';
import type { Turns } from './turns.ts';
import { WeightedTurns } from './weightedTurns.ts';

/** Which of those that wait is next. */
export interface PriorityOptions {
  /**
   * `'strict'`: always the most urgent tier that has any. `'weighted'`: every tier that has any gets a share, by weight.
   * @default 'strict'
   */
  readonly policy?: 'strict' | 'weighted';
  /** The share of each tier, with `'weighted'`: numbers above 0. @default critical 8, high 4, normal 2, low 1 */
  readonly weights?: Partial<PerPriority<number>>;
  /**
   * What has been passed over for this long, in ms, counts as a tier more urgent, and again after that; Infinity: never.
   * @default 10_000
   */
  readonly ageMs?: number;
  /** Whose time that is. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** The options of a queue, checked, with their defaults. */
export interface PriorityRules {
  readonly policy: 'strict' | 'weighted';
  readonly ageMs: number;
  readonly scheduler: SchedulerLike;
  /** Takes turns anew: for one queue. */
  turns(): Turns;
}

const WEIGHTS: PerPriority<number> = { critical: 8, high: 4, normal: 2, low: 1 };

/** @throws {InvalidOptionError} if policy is unknown, ageMs not above 0, a weight not above 0, or weights go with 'strict' */
export function priorityRules(options: PriorityOptions = {}): PriorityRules {
  const { policy = 'strict', weights, ageMs = 10_000, scheduler = asyncScheduler } = options;
  if (policy !== 'strict' && policy !== 'weighted') {
    throw new InvalidOptionError('policy', policy, "'strict' or 'weighted'");
  }
  if (!(typeof ageMs === 'number' && ageMs > 0)) {
    throw new InvalidOptionError('ageMs', ageMs, 'a number of ms above 0, or Infinity');
  }
  if (policy === 'weighted') return { policy, ageMs, scheduler, turns: weightedTurns(weights) };
  if (weights !== undefined) throw new InvalidOptionError('weights', weights, "nothing unless policy is 'weighted'");
  return { policy, ageMs, scheduler, turns: () => new StrictTurns() };
}

function weightedTurns(weights: unknown = {}): () => Turns {
  if (typeof weights !== 'object' || weights === null) {
    throw new InvalidOptionError('weights', weights, 'an object with a number above 0 for some tiers');
  }
  const given: Readonly<Record<string, unknown>> = { ...WEIGHTS, ...weights };
  for (const [tier, weight] of Object.entries(given)) {
    if (!PRIORITIES.includes(tier as Priority)) {
      throw new InvalidOptionError(`weights.${tier}`, weight, `nothing: the tiers are ${PRIORITIES.join(', ')}`);
    }
    if (!(typeof weight === 'number' && weight > 0 && weight < Infinity)) {
      throw new InvalidOptionError(`weights.${tier}`, weight, 'a number above 0');
    }
  }
  return () => new WeightedTurns(PRIORITIES.map((priority) => given[priority] as number));
}
