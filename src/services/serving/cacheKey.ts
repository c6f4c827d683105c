import { createHash } from 'node:crypto';

/** Up to how many characters a key says what it is of. */
const READABLE = 256;

/**
 * A key for an endpoint and parameters: the same for the same ones, whatever the order of their fields, and another for any
 * others. Undefined of what does not show what it holds, such as an instance of a class.
 */
export function cacheKey(topic: string, params: unknown): string | undefined {
  const text = textOf(params);
  if (text === undefined) return undefined;
  return `${topic} ${text.length <= READABLE ? text : createHash('sha256').update(text).digest('hex')}`;
}

/** As JSON where that can say it: schemas make Dates, Maps, Sets and BigInts, which JSON would make alike. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol' || typeof value === 'function') return undefined;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return listOf('', value);
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Set) return listOf('Set', [...value]);
  if (value instanceof Map) return listOf('Map', [...value]);
  return isPlain(value) ? fieldsOf(value) : undefined;
}

function listOf(kind: string, items: readonly unknown[]): string | undefined {
  const texts = items.map(textOf);
  return texts.includes(undefined) ? undefined : `${kind}[${texts.join(',')}]`;
}

function fieldsOf(fields: object): string | undefined {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  const sorted = there.sort(([one], [other]) => (one < other ? -1 : 1));
  const texts = sorted.map(([name, value]) => [JSON.stringify(name), textOf(value)] as const);
  if (texts.some(([, text]) => text === undefined)) return undefined;
  return `{${texts.map(([name, text]) => `${name}:${text}`).join(',')}}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
