import { UsageError } from '../usageError.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A time in ms since the epoch: of a date, or of how long ago.
 *
 * @throws {UsageError} naming the flag
 */
export function timeOf(flag: string, text: string, now: number): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (UNIT_MS[unit] as number);
  const time = /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new UsageError(
    `${flag} is '${text}': it takes a date, as 2026-11-25T10:00:00Z, or how long ago, as 90s, 15m, 24h, 7d`,
  );
}
