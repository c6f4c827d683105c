import { InvalidOptionError } from '../core/errors.ts';
import { PRIORITIES, type Priority } from '../core/priority.ts';

/** @throws {InvalidOptionError} unless it is a tier */
export function checkPriority(option: string, value: Priority): Priority {
  if (PRIORITIES.includes(value)) return value;
  throw new InvalidOptionError(option, value, `one of ${PRIORITIES.join(', ')}`);
}
