import { createHash } from 'node:crypto';

/** Up to how many characters a key says what it is of. */
const READABLE = 256;

/** A key for an endpoint and parameters, the same for the same ones, whatever the order of their fields. */
export function cacheKey(topic: string, params: unknown): string {
  const text = JSON.stringify(params, sorted) ?? '';
  return `${topic} ${text.length <= READABLE ? text : createHash('sha256').update(text).digest('hex')}`;
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
