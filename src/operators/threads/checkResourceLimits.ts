import type { ResourceLimits } from 'node:worker_threads';
import { InvalidOptionError } from '../../core/errors.ts';

/** With less, a thread can't even start, and V8 ends the whole process. */
const LEAST_MB: Required<ResourceLimits> = {
  maxOldGenerationSizeMb: 8,
  maxYoungGenerationSizeMb: 1,
  codeRangeSizeMb: 1,
  stackSizeMb: 0.5,
};

/** @throws {InvalidOptionError} naming the limit that is none, or that no thread can start with */
export function checkResourceLimits(limits: unknown): void {
  if (limits === undefined) return;
  if (typeof limits !== 'object' || limits === null) {
    throw new InvalidOptionError('resourceLimits', limits, 'an object with limits in MB');
  }
  for (const [name, mb] of Object.entries(limits)) check(name, mb);
}

function check(name: string, mb: unknown): void {
  const least = Object.hasOwn(LEAST_MB, name) ? LEAST_MB[name as keyof ResourceLimits] : undefined;
  if (least === undefined) {
    throw new InvalidOptionError(
      `resourceLimits.${name}`,
      mb,
      `nothing: there are ${Object.keys(LEAST_MB).join(', ')}`,
    );
  }
  if (mb === undefined || (typeof mb === 'number' && mb >= least && mb < Infinity)) return;
  throw new InvalidOptionError(`resourceLimits.${name}`, mb, `a number of MB from ${least}`);
}
