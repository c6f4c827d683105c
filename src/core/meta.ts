import { CorruptEntryError } from './errors.ts';
import type { Headers } from './message.ts';

/** What an entry carries beside topic and payload; only what differs from the default is written. */
export interface Meta {
  /** How many messages the entry holds: it is a record batch. Always written first, where scripts look for it. */
  readonly count?: number;
  /** The producer's id. @default the entry's place in the store */
  readonly id?: string;
  readonly key?: string;
  /** ms since the epoch. @default the time in the entry's id */
  readonly time?: number;
  readonly headers?: Headers;
  /** Only this group is meant: a replayed dead letter. @default every group */
  readonly group?: string;
}

/** Compact JSON; the empty string when there is nothing to say. */
export function encodeMeta(meta: { readonly [K in keyof Meta]: Meta[K] | undefined }): string {
  const { count, id, key, time, headers, group } = meta;
  const hasHeaders = headers !== undefined && Object.keys(headers).length > 0;
  const isPlain = id === undefined && key === undefined && time === undefined && group === undefined && !hasHeaders;
  if (isPlain && count === undefined) return '';
  return JSON.stringify({ count, id, key, time, headers: hasHeaders ? headers : undefined, group });
}

const NOTHING: Meta = {};

/** @throws {CorruptEntryError} if the text is no meta */
export function decodeMeta(text: string): Meta {
  if (text === '') return NOTHING;
  const meta = parse(text);
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) {
    throw new CorruptEntryError(`meta is not a JSON object: ${text.slice(0, 80)}`);
  }
  const { id, key, time, headers, group } = meta as Record<string, unknown>;
  const fits =
    isText(id) &&
    isText(key) &&
    isText(group) &&
    (time === undefined || typeof time === 'number') &&
    areHeaders(headers);
  if (!fits) throw new CorruptEntryError(`meta has a field of the wrong type: ${text.slice(0, 80)}`);
  return meta as Meta;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CorruptEntryError(`meta is not JSON: ${text.slice(0, 80)}`, { cause });
  }
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function areHeaders(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const text of Object.values(value)) if (typeof text !== 'string') return false;
  return true;
}
