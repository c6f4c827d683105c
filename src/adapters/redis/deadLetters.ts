import { CorruptEntryError } from '../../core/errors.ts';
import { decodeMeta, encodeMeta } from '../../core/meta.ts';
import type { DeadLetter, DeadLetterRequest, LetterChange, LetterChanges } from '../../core/store.ts';
import { bufferOf } from './bufferOf.ts';
import { letterOf } from './letterOf.ts';
import type { Server } from './server.ts';

type Item = readonly [Buffer, readonly Buffer[]];

/** Dead letters, oldest first. */
export async function deadLetters(
  server: Server,
  stream: string,
  { after, count }: DeadLetterRequest,
): Promise<readonly DeadLetter[]> {
  if (count < 1) return [];
  const from = after === undefined ? '-' : `(${after}`;
  return letters(await range(server, stream, [[from, '+', 'COUNT', count]]));
}

/** Appends dead letters again for the group that rejected them. What is no message can't be addressed, and stays. */
export async function replay(
  server: Server,
  stream: string,
  ids: readonly string[],
  changes: LetterChanges = NO_CHANGES,
): Promise<number> {
  const found = letters(
    await range(
      server,
      stream,
      ids.filter(isId).map((id) => [id, id]),
    ),
  );
  const args = found.flatMap((letter) => argumentsOf(stream, letter, changes.get(letter.id) ?? {}));
  if (args.length === 0) return 0;
  const { lanes, dead } = server.keys(stream);
  return server.script<number>(stream, 'replay', [...lanes, dead], args);
}

const NO_CHANGES: LetterChanges = new Map();

/** As `scripts/replay.lua` takes them; nothing for what can't be addressed. */
function argumentsOf(stream: string, letter: DeadLetter, change: LetterChange): (string | number | Buffer)[] {
  const meta = letter.raw ? undefined : addressed(stream, letter, change);
  if (meta === undefined) return [];
  const { topic, payload } = change;
  const fields: (string | Buffer)[] = ['meta', meta];
  if (topic !== undefined) fields.push('topic', topic);
  if (payload !== undefined) fields.push('payload', typeof payload === 'string' ? payload : bufferOf(payload));
  return [letter.id, fields.length / 2, ...fields];
}

/** Removes dead letters. */
export async function purge(server: Server, stream: string, ids: readonly string[]): Promise<number> {
  const known = ids.filter(isId);
  if (known.length === 0) return 0;
  return server.call<number>(stream, 'XDEL', server.keys(stream).dead, ...known);
}

// To Redis anything else is an error, and here it is a letter that is not there.
function isId(text: string): boolean {
  return /^\d{1,19}-\d{1,19}$/.test(text);
}

/** The meta that addresses it to its group, unless it has another topic, under the id and time it had. */
function addressed(
  stream: string,
  { meta: text, priority, entryId, group }: DeadLetter,
  { topic }: LetterChange,
): string | undefined {
  try {
    const meta = decodeMeta(text);
    const id = meta.id ?? `${stream}:${priority}:${entryId}`;
    const time = meta.time ?? Number.parseInt(entryId, 10);
    return encodeMeta({ ...meta, id, time, group: topic === undefined ? group : undefined });
  } catch (error) {
    if (error instanceof CorruptEntryError) return undefined;
    throw error;
  }
}

async function range(
  server: Server,
  stream: string,
  ranges: readonly (readonly (string | number)[])[],
): Promise<readonly Item[]> {
  const { dead } = server.keys(stream);
  const pages = await Promise.all(
    ranges.map((bounds) => server.call<readonly Item[]>(stream, 'XRANGE', dead, ...bounds)),
  );
  return pages.flat();
}

function letters(items: readonly Item[]): DeadLetter[] {
  return items.map(([id, fields]) => letterOf(id.toString('latin1'), fields));
}
