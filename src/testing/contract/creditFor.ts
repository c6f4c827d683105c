import { type PerPriority, type Priority, perPriority } from '../../core/priority.ts';

/** This much credit for these tiers, none for the others. */
export function creditFor(count: number, ...tiers: readonly Priority[]): PerPriority<number> {
  return perPriority((priority) => (tiers.includes(priority) ? count : 0));
}
