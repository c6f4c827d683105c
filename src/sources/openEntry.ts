import type { Codecs } from '../core/codecs.ts';
import { CorruptEntryError } from '../core/errors.ts';
import type { Headers, Message } from '../core/message.ts';
import { decodeMeta } from '../core/meta.ts';
import type { TopicMatcher } from '../core/pattern.ts';
import type { Entry } from '../core/store.ts';

/** What a group takes of a stream. */
export interface EntryFilter {
  readonly stream: string;
  /** Undefined for a view without a group. */
  readonly group?: string;
  readonly matches: TopicMatcher;
  readonly codecs: Codecs;
}

/**
 * Makes a message of an entry; undefined if the entry is not meant for this group.
 *
 * @throws {CorruptEntryError} if it is no message
 * @throws {DecodeError} if its payload can't be read
 * @throws {UnknownEncodingError} if no codec is known for it
 */
export function openEntry(entry: Entry, filter: EntryFilter): Message | undefined {
  if (entry.fault !== undefined) {
    throw new CorruptEntryError(`entry ${place(entry, filter)} is no message: ${entry.fault}`);
  }
  if (!filter.matches(entry.topic)) return undefined;
  const meta = decodeMeta(entry.meta);
  if (meta.group !== undefined && meta.group !== filter.group) return undefined;
  const data = filter.codecs.for(entry.encoding).decode(entry.payload);
  const id = meta.id ?? place(entry, filter);
  const { topic, priority } = entry;
  const headers = meta.headers ?? NO_HEADERS;
  const time = meta.time ?? timeOf(entry.id);
  return meta.key === undefined
    ? { id, topic, data, priority, headers, time }
    : { id, topic, data, priority, key: meta.key, headers, time };
}

/** Where the store keeps an entry: the id of a message whose producer gave it none. */
export function place(entry: { priority: string; id: string }, { stream }: { stream: string }): string {
  return `${stream}:${entry.priority}:${entry.id}`;
}

export const NO_HEADERS: Headers = Object.freeze({});

/** The ms in an entry's id, `<ms>-<sequence>`. */
export function timeOf(id: string): number {
  // `parseInt` costs ten times this.
  let ms = 0;
  for (let i = 0; i < id.length; i += 1) {
    const digit = id.charCodeAt(i) - DIGIT_0;
    if (digit < 0 || digit > 9) break;
    ms = ms * 10 + digit;
  }
  return ms;
}

const DIGIT_0 = 48;
