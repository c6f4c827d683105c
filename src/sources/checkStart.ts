import { InvalidOptionError } from '../core/errors.ts';
import { PRIORITIES } from '../core/priority.ts';
import type { ReadRequest } from '../core/store.ts';

const TAKES = "'earliest', 'latest' or { sinceMs }, in ms since the epoch";

/** @throws {InvalidOptionError} unless a group can begin there */
export function checkStart(option: string, value: unknown): void {
  if (!isStart(value)) throw new InvalidOptionError(option, value, TAKES);
}

/** @throws {InvalidOptionError} unless a view can begin there */
export function checkFrom(option: string, value: ReadRequest['from']): void {
  if (!isStart(value) && !isCursor(value)) throw new InvalidOptionError(option, value, `${TAKES}, or a { cursor }`);
}

function isStart(value: unknown): boolean {
  if (value === 'earliest' || value === 'latest') return true;
  const sinceMs = (value as { sinceMs?: unknown } | null)?.sinceMs;
  return Number.isFinite(sinceMs) && Number(sinceMs) >= 0;
}

function isCursor(value: unknown): boolean {
  const cursor = (value as { cursor?: Record<string, unknown> } | null)?.cursor;
  return PRIORITIES.every((priority) => typeof cursor?.[priority] === 'string');
}
