import { countOf } from '../../core/batchEncoding.ts';
import type { Payload } from '../../core/codec.ts';
import type { Priority } from '../../core/priority.ts';
import type { Entry } from '../../core/store.ts';

const NOTHING = new Uint8Array(0);

/**
 * Makes an entry of fields in any order, names and values by turns, as others write them: unknown ones are passed over,
 * and an entry without `encoding` is JSON. Without topic or payload it has a `fault`.
 */
export function looseEntry(priority: Priority, id: string, attempt: number, fields: readonly Buffer[]): Entry {
  const known = new Map<string, Buffer>();
  for (let i = 0; i + 1 < fields.length; i += 2) known.set(String(fields[i]), fields[i + 1] as Buffer);
  const text = (name: string, absent: string): string => known.get(name)?.toString('utf8') ?? absent;
  const missing = ['topic', 'payload'].filter((name) => !known.has(name));
  const payload: Payload = known.get('payload') ?? NOTHING;
  const entry: Entry = {
    priority,
    id,
    attempt,
    topic: text('topic', ''),
    payload,
    type: text('type', ''),
    encoding: text('encoding', 'json'),
    meta: text('meta', ''),
  };
  const count = countOf(entry.encoding, entry.meta);
  return {
    ...entry,
    ...(count !== undefined && { count }),
    ...(missing.length > 0 && { fault: `it has no field ${missing.join(' and no field ')}` }),
  };
}
