import { InvalidOptionError } from '../../core/errors.ts';

/** The cursor behind a hit: its `_sort` as compact JSON, in padded base64url. */
export function cursorOf(sort: readonly unknown[]): string {
  const text = Buffer.from(JSON.stringify(sort)).toString('base64');
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

/**
 * Refuses what Data.gov would answer 500 to, in HTML.
 *
 * @throws {InvalidOptionError} unless it is a cursor
 */
export function checkCursor(after: string): string {
  if (typeof after === 'string' && /^[\w-]+={0,2}$/.test(after) && Array.isArray(decoded(after))) return after;
  throw new InvalidOptionError('after', after, "a cursor of Data.gov: a dataset's `cursor`, or that of a progress");
}

function decoded(after: string): unknown {
  try {
    return JSON.parse(Buffer.from(after, 'base64url').toString());
  } catch {
    return undefined;
  }
}
