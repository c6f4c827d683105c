import { InvalidOptionError } from '../core/errors.ts';
import { LONGEST_MS } from '../internal/longestMs.ts';

/** @throws {InvalidOptionError} unless it is undefined or a time that a timer can wait */
export function checkMs(option: string, value: number | undefined): void {
  if (value === undefined || (typeof value === 'number' && value > 0 && value <= LONGEST_MS)) return;
  throw new InvalidOptionError(option, value, `milliseconds above 0, at most ${LONGEST_MS}`);
}
