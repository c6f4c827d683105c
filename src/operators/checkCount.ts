import { InvalidOptionError } from '../core/errors.ts';

/** @throws {InvalidOptionError} unless it is a whole number from 1 */
export function checkCount(option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidOptionError(option, value, 'a whole number from 1');
}
