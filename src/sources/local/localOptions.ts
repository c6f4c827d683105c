import type { SchedulerLike } from 'rxjs';
import { InvalidOptionError } from '../../core/errors.ts';
import type { FailurePolicy } from '../failurePolicy.ts';
import type { MessageOptions } from './messageOptions.ts';

/** What every source without a store takes. */
export interface LocalOptions<T> extends MessageOptions<T>, FailurePolicy {
  /** The source's name, in ids and reports. */
  readonly name?: string;
  /** The most unsettled deliveries, those that wait for a retry included. @default 256 */
  readonly credit?: number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** @throws {InvalidOptionError} if `credit` is no whole number from 1 */
export function checkCredit(credit: number): number {
  if (Number.isSafeInteger(credit) && credit >= 1) return credit;
  throw new InvalidOptionError('credit', credit, 'a whole number from 1');
}
