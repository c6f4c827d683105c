import { checkCount } from '../operators/checkCount.ts';
import { checkFunction } from '../operators/checkFunction.ts';
import type { Observation } from './observation.ts';

/** How much is remembered of each series. */
export interface HistoryOptions {
  /** How many of the last periods of a series can come again, be revised, or come late. @default 32 */
  readonly history?: number;
}

/** How data that are no observation by themselves are read as one. */
export interface ObserveOptions<T> {
  readonly observe: (data: T) => Observation;
}

/** @throws {InvalidOptionError} if history is no whole number from 1 */
export function checkHistory({ history = 32 }: HistoryOptions): number {
  checkCount('history', history);
  return history;
}

/** @throws {InvalidOptionError} if observe is no function */
export function observerOf<T>({ observe }: Partial<ObserveOptions<T>>): (data: T) => Observation {
  if (observe === undefined) return (data) => data as Observation;
  checkFunction('observe', observe);
  return observe;
}
