import type { Reject } from '../../core/outcome.ts';
import type { DeadLetter, Entry, Settlement } from '../../core/store.ts';

/** The dead letter of an entry that a group rejected. */
export function deadLetterOf(
  group: string,
  { id: entryId, priority, topic, payload, type, encoding, meta }: Entry,
  { attempt: attempts, stage }: Settlement,
  { error: { name, message, stack } }: Reject,
): Omit<DeadLetter, 'id' | 'time'> {
  const error = stack === undefined ? { name, message } : { name, message, stack };
  const letter = { priority, topic, payload, type, encoding, meta, group, entryId, attempts, error };
  return stage === undefined ? letter : { ...letter, stage };
}
