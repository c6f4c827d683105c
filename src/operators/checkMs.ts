import { InvalidOptionError } from '../core/errors.ts';

/** What a timer can wait; beyond that, Node's fire at once. */
const LONGEST_MS = 2_147_483_647;

/** @throws {InvalidOptionError} unless it is undefined or a time that a timer can wait */
export function checkMs(option: string, value: number | undefined): void {
  if (value === undefined || (typeof value === 'number' && value > 0 && value <= LONGEST_MS)) return;
  throw new InvalidOptionError(option, value, `milliseconds above 0, at most ${LONGEST_MS}`);
}
