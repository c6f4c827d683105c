import type { Headers, Message } from '../core/message.ts';
import { decodeMeta } from '../core/meta.ts';
import type { OpenedBatch } from '../core/openedBatch.ts';
import type { Entry, EntryRef } from '../core/store.ts';
import { type EntryFilter, NO_HEADERS, place, timeOf } from './openEntry.ts';

/** Makes messages of one record batch. */
export class PartOpener {
  private readonly prefix: string;
  private readonly time: number;
  private topic: string | undefined;
  private matches = false;

  constructor(
    private readonly entry: EntryRef,
    private readonly opened: OpenedBatch,
    private readonly filter: EntryFilter,
  ) {
    this.prefix = `${place(entry, filter)}#`;
    this.time = timeOf(entry.id);
  }

  /**
   * The message at a place; undefined if it is not meant for this group.
   *
   * @throws {CorruptEntryError} if its meta is none
   * @throws {DecodeError} if its payload can't be read
   * @throws {UnknownEncodingError} if no codec is known for it
   */
  open(index: number): Message | undefined {
    const { opened, filter } = this;
    const topic = opened.topic(index);
    if (topic !== this.topic) {
      this.topic = topic;
      this.matches = filter.matches(topic);
    }
    if (!this.matches) return undefined;
    const meta = decodeMeta(opened.meta(index));
    if (meta.group !== undefined && meta.group !== filter.group) return undefined;
    const data = opened.data(index, filter.codecs);
    const id = meta.id ?? this.prefix + index;
    const { priority } = this.entry;
    const headers: Headers = meta.headers ?? NO_HEADERS;
    const time = meta.time ?? this.time;
    return meta.key === undefined
      ? { id, topic, data, priority, headers, time }
      : { id, topic, data, priority, key: meta.key, headers, time };
  }
}

/** Whether a record batch is meant for this group as a whole: one that was replayed for a group is for no other. */
export function isMeant(entry: Entry, { group }: EntryFilter): boolean {
  const meant = decodeMeta(entry.meta).group;
  return meant === undefined || meant === group;
}
