import type { Payload } from '../core/codec.ts';
import { jsonCodec } from '../core/jsonCodec.ts';
import { type KeptError, readKeptError } from './keptError.ts';

const codec = jsonCodec({ bigints: 'integer' });

/** A value as JSON. @throws {EncodeError} if it has no form in it */
export function textOf(value: unknown): string {
  return codec.encode(value) as string;
}

/** The list of values whose texts these are. */
export function listOf(texts: readonly string[]): string {
  return `[${texts.join(',')}]`;
}

/** What was kept, read and frozen; undefined if it is nothing that a cache has written. */
export function readEntry(
  payload: Payload,
  error: boolean,
): { readonly values: readonly unknown[]; readonly error?: KeptError } | undefined {
  let data: unknown;
  try {
    data = codec.decode(payload);
  } catch {
    return undefined;
  }
  if (!error) return Array.isArray(data) ? { values: frozen(data) } : undefined;
  const kept = readKeptError(data);
  return kept && { values: [], error: kept };
}

/** What JSON made, frozen through and through. A loop, since what is nested deeply would be too deep a recursion. */
function frozen<T>(whole: T): T {
  const open: unknown[] = [whole];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    for (const part of Object.values(Object.freeze(value) as object)) {
      if (typeof part === 'object' && part !== null) open.push(part);
    }
  }
  return whole;
}
