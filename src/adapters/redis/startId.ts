import type { StartPosition } from '../../core/store.ts';

/** The id after which to begin: Redis hands out what is greater. */
export function startId(start: StartPosition): string {
  if (start === 'earliest') return '0-0';
  if (start === 'latest') return '$';
  const sinceMs = Math.ceil(start.sinceMs);
  return sinceMs > 0 ? `${sinceMs - 1}-18446744073709551615` : '0-0';
}
