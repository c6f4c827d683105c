import { CorruptEntryError } from '../../core/errors.ts';
import { decodeMeta, encodeMeta } from '../../core/meta.ts';
import type { DeadLetter, LetterChange, StoreRecord } from '../../core/store.ts';

/**
 * The record that puts a dead letter back into its lane: for the group that rejected it, under the id and time it had.
 * Undefined for a letter that is no message: what can't be read can't be addressed.
 */
export function replayed(stream: string, letter: DeadLetter, change: LetterChange = {}): StoreRecord | undefined {
  const { priority, type, encoding, entryId, count } = letter;
  const { topic = letter.topic, payload = letter.payload } = change;
  const group = change.topic === undefined ? letter.group : undefined;
  try {
    const meta = decodeMeta(letter.meta);
    const id = meta.id ?? `${stream}:${priority}:${entryId}`;
    const time = meta.time ?? Number.parseInt(entryId, 10);
    const record = { priority, topic, payload, type, encoding, meta: encodeMeta({ ...meta, id, time, group }) };
    return count === undefined ? record : { ...record, count };
  } catch (error) {
    if (error instanceof CorruptEntryError) return undefined;
    throw error;
  }
}
