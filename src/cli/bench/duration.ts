import { UsageError } from '../usageError.ts';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LEAST_MS = 200;
const DAY_MS = 86_400_000;

/**
 * The ms in `500ms`, `30s`, `5m`, `2h`, or a number of seconds.
 * @throws {UsageError} naming the flag
 */
export function durationOf(flag: string, text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
  if (ms >= LEAST_MS && ms <= DAY_MS) return ms;
  throw new UsageError(`${flag} is '${text}': it takes a time from ${LEAST_MS}ms to 24h, such as 30s, 5m or 1.5h`);
}
