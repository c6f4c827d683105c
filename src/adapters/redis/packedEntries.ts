import { countOf } from '../../core/batchEncoding.ts';
import { PRIORITIES, type Priority } from '../../core/priority.ts';
import type { Entry, EntryRef, Part } from '../../core/store.ts';
import { looseEntry } from './looseEntry.ts';
import type { PackedReply } from './packedReply.ts';

/** The tier of a lane, as scripts count them. */
export function tierOf(lane: number): Priority {
  return PRIORITIES[lane - 1] as Priority;
}

/** Reads `{lane, id, lane, id, …}`. */
export function readRefs(reply: PackedReply): EntryRef[] {
  const refs: EntryRef[] = [];
  for (let left = reply.array(); left > 0; left -= 2)
    refs.push({ priority: tierOf(reply.number()), id: reply.ascii() });
  return refs;
}

/** Reads `{lane, attempts, entries, …}`, where entries are as XREADGROUP gives them. */
export function readHands(reply: PackedReply): Entry[] {
  const entries: Entry[] = [];
  for (let left = reply.array(); left > 0; left -= 3) {
    const priority = tierOf(reply.number());
    const attempts = readAttempts(reply);
    const count = reply.array();
    for (let i = 0; i < count; i += 1) {
      const attempt = attempts?.[i] ?? 1;
      if (typeof attempt === 'number') entries.push(readEntry(reply, priority, attempt));
      else entries.push({ ...readEntry(reply, priority, attempt[0]?.attempt ?? 1), parts: attempt });
    }
  }
  return entries;
}

/** Reads `{lane, id, consumers, …}`: who died with which of these entries. */
export function withDeaths(entries: Entry[], reply: PackedReply): Entry[] {
  const count = reply.array() / 3;
  if (count === 0) return entries;
  const deaths = new Map<string, readonly string[]>();
  for (let i = 0; i < count; i += 1) {
    const place = `${tierOf(reply.number())}:${reply.ascii()}`;
    const consumers = reply.text().split(',');
    // Of a record batch in parts there may be several hands: the message that most died with counts.
    if (consumers.length > (deaths.get(place)?.length ?? 0)) deaths.set(place, consumers);
  }
  return entries.map((entry) => {
    const consumers = deaths.get(`${entry.priority}:${entry.id}`);
    return consumers ? { ...entry, deaths: consumers } : entry;
  });
}

function readAttempts(reply: PackedReply): readonly (number | readonly Part[])[] | undefined {
  if (reply.isArray) {
    return Array.from({ length: reply.array() }, () => (reply.isArray ? readParts(reply) : reply.number()));
  }
  reply.number();
  return undefined;
}

/** Reads `{index, attempt, …}`. */
export function readParts(reply: PackedReply): Part[] {
  return Array.from({ length: reply.array() / 2 }, () => ({ index: reply.number(), attempt: reply.number() }));
}

function readEntry(reply: PackedReply, priority: Priority, attempt: number): Entry {
  reply.array();
  const id = reply.ascii();
  const start = reply.position;
  const entry = reply.array() === 10 ? readOurs(reply, priority, id, attempt) : undefined;
  if (entry) return entry;
  reply.position = start;
  const fields = Array.from({ length: reply.array() }, () => reply.bytes());
  return looseEntry(priority, id, attempt, fields);
}

/** The five fields in our order: everything that Sluice wrote. Undefined if it is something else. */
function readOurs(reply: PackedReply, priority: Priority, id: string, attempt: number): Entry | undefined {
  if (!reply.passes(TOPIC)) return undefined;
  const topic = reply.familiarText();
  if (!reply.passes(PAYLOAD)) return undefined;
  const payload = reply.bytes();
  if (!reply.passes(TYPE)) return undefined;
  const type = reply.familiarText();
  if (!reply.passes(ENCODING)) return undefined;
  const encoding = reply.familiarText();
  if (!reply.passes(META)) return undefined;
  const meta = reply.text();
  const entry = { priority, id, attempt, topic, payload, type, encoding, meta };
  const count = countOf(encoding, meta);
  return count === undefined ? entry : { ...entry, count };
}

/** A short string as MessagePack has it. */
function packed(name: string): Uint8Array {
  return Uint8Array.of(0xa0 + name.length, ...Buffer.from(name));
}

const TOPIC = packed('topic');
const PAYLOAD = packed('payload');
const TYPE = packed('type');
const ENCODING = packed('encoding');
const META = packed('meta');
