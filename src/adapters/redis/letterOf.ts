import { countOf } from '../../core/batchEncoding.ts';
import type { DeadLetter } from '../../core/store.ts';
import { tierOf } from './packedEntries.ts';

const RAW = 'raw:';

/** Makes a dead letter of the fields that `scripts/settle.lua` wrote. */
export function letterOf(id: string, fields: readonly Buffer[]): DeadLetter {
  const known = new Map<string, Buffer>();
  for (let i = 0; i + 1 < fields.length; i += 2) known.set(String(fields[i]), fields[i + 1] as Buffer);
  const text = (name: string): string => known.get(name)?.toString('utf8') ?? '';
  const stage = text('stage');
  const trace = text('trace');
  const stack = text('errorStack');
  const count = countOf(text('encoding'), text('meta'));
  const error = { name: text('errorName'), message: text('errorMessage') };
  const letter: DeadLetter = {
    id,
    priority: tierOf(Number(text('tier'))),
    topic: text('topic'),
    payload: known.get('payload') ?? new Uint8Array(0),
    type: text('type'),
    encoding: text('encoding'),
    meta: text('meta'),
    group: text('group'),
    entryId: text('entryId'),
    attempts: Number(text('attempts')),
    time: Number(text('time')),
    error: stack === '' ? error : { ...error, stack },
    ...(stage !== '' && { stage }),
    ...(trace !== '' && { trace }),
    ...(count !== undefined && { count }),
  };
  return known.has('topic') ? letter : { ...letter, raw: rawOf(known) };
}

function rawOf(known: ReadonlyMap<string, Buffer>): Record<string, Uint8Array> {
  const raw = [...known].filter(([name]) => name.startsWith(RAW));
  return Object.fromEntries(raw.map(([name, value]) => [name.slice(RAW.length), value]));
}
