import { InvalidOptionError } from '../core/errors.ts';
import { exactly, over, sumOfTwo, times, toNumber } from './doubleDouble.ts';

export interface ChangeOptions {
  /**
   * `'percent'`: 100 (value - before) / before, null where `before` is zero or less, which is no base for per cent.
   * `'difference'`: value - before, in the unit of the series: of a percentage, percentage points. @default 'percent'
   */
  readonly as?: 'percent' | 'difference';
}

export type Change = (value: number, before: number) => number | null;

/** @throws {InvalidOptionError} if `as` is neither */
export function changeAs({ as = 'percent' }: ChangeOptions): Change {
  if (as === 'difference') return (value, before) => value - before;
  if (as === 'percent') return inPercent;
  throw new InvalidOptionError('as', as, "'percent' or 'difference'");
}

function inPercent(value: number, before: number): number | null {
  if (before <= 0) return null;
  return toNumber(over(times(sumOfTwo(value, -before), exactly(100)), exactly(before)));
}
