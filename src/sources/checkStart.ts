import { InvalidOptionError } from '../core/errors.ts';

/**
 * @param also what else it takes, for the sentence
 * @throws {InvalidOptionError} unless a group or a view can begin there
 */
export function checkStart(option: string, value: unknown, also = ''): void {
  if (value === 'earliest' || value === 'latest') return;
  const sinceMs = (value as { sinceMs?: unknown } | null)?.sinceMs;
  if (Number.isFinite(sinceMs) && Number(sinceMs) >= 0) return;
  throw new InvalidOptionError(option, value, `'earliest', 'latest' or { sinceMs }, in ms since the epoch${also}`);
}
