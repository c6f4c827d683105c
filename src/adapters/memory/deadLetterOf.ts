import type { Reject } from '../../core/outcome.ts';
import type { DeadLetter, Entry, Settlement } from '../../core/store.ts';
import { errorText } from '../../internal/errorText.ts';

/** The dead letter of an entry that a group rejected. */
export function deadLetterOf(
  group: string,
  { id: entryId, priority, topic, payload, type, encoding, meta, count }: Entry,
  { attempt: attempts, stage, trace }: Settlement,
  reject: Reject,
): Omit<DeadLetter, 'id' | 'time'> {
  const error = errorText(reject.error);
  const letter = { priority, topic, payload, type, encoding, meta, group, entryId, attempts, error };
  return {
    ...letter,
    ...(count !== undefined && { count }),
    ...(stage !== undefined && { stage }),
    ...(trace !== undefined && { trace }),
  };
}
