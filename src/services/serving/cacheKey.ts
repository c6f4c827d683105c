import { createHash } from 'node:crypto';

/** Up to how many characters a key says what it is of. */
const READABLE = 256;

/** Text of numbers as it is (ECMA-262, JSON.parse source text): TypeScript's library lacks it. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** A key for an endpoint and parameters, the same for the same ones, whatever the order of their fields. */
export function cacheKey(topic: string, params: unknown): string {
  const text = JSON.stringify(params, sorted) ?? '';
  return `${topic} ${text.length <= READABLE ? text : createHash('sha256').update(text).digest('hex')}`;
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return rawJSON(`${value}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
