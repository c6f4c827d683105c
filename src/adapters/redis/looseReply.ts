import { PRIORITIES, type Priority } from '../../core/priority.ts';
import type { Entry } from '../../core/store.ts';
import { looseEntry } from './looseEntry.ts';

/** What XREAD and XREADGROUP answer, with Buffers: lanes with their entries, or null when time ran out. */
export type StreamReply =
  | readonly (readonly [Buffer, readonly (readonly [Buffer, readonly Buffer[] | null])[]])[]
  | null;

/** The entries of a plain answer. */
export function entriesOf(reply: StreamReply): Entry[] {
  const entries: Entry[] = [];
  for (const [key, items] of reply ?? []) {
    const name = key.toString('utf8');
    const priority = name.slice(name.lastIndexOf(':') + 1) as Priority;
    if (!PRIORITIES.includes(priority)) continue;
    for (const [id, fields] of items) entries.push(looseEntry(priority, id.toString('latin1'), 1, fields ?? []));
  }
  return entries;
}
