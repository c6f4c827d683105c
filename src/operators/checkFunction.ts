import { InvalidOptionError } from '../core/errors.ts';

/** @throws {InvalidOptionError} unless it is a function */
export function checkFunction(option: string, value: unknown): void {
  if (typeof value !== 'function') throw new InvalidOptionError(option, value, 'a function');
}
