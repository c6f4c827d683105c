import { ACK, type Outcome } from '../core/outcome.ts';
import type { Entry, HeldRef, Settlement } from '../core/store.ts';

/** How many messages an entry brings. */
export function sizeOf({ parts, count = 1 }: Entry): number {
  return parts === undefined ? count : parts.length;
}

/** What a consumer holds with an entry: all of it, or each of the messages that it brings. */
export function* heldWith(entry: Entry): Generator<HeldRef> {
  const { priority, id, parts } = entry;
  if (parts) for (const { index } of parts) yield { priority, id, index };
  else yield entry;
}

/**
 * What a consumer holds that is to be settled like this. At this attempt alone: the store may have settled it and handed
 * out the next with both answers lost.
 */
export function* heldUntil({ priority, id, attempt, parts }: Settlement): Generator<HeldRef> {
  if (parts) for (const index of parts.indexes) yield { priority, id, attempt, index };
  else yield { priority, id, attempt };
}

/**
 * The settlements of an entry that is settled as it came, none of its messages opened. A rejection is of the first
 * message and holds the whole entry, since nobody knows which message is which; the others are acked.
 */
export function settlementsOf(entry: Entry, outcome: Outcome): readonly Settlement[] {
  const { priority, id, attempt, parts, count = 1 } = entry;
  if (!parts) return [{ priority, id, attempt, outcome }];
  return parts.map(({ index, attempt }, i) => {
    const said = outcome.kind === 'reject' && i > 0 ? ACK : outcome;
    const records = said.kind === 'reject' ? { records: [entry] } : {};
    return { priority, id, attempt, outcome: said, parts: { count, indexes: [index], ...records } };
  });
}
