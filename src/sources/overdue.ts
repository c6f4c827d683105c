import type { EntryDuty } from './entryDuty.ts';

/**
 * Says which deliveries have been out for too long, by the stage that had them last: handlers that hang, and foreign
 * operators that drop deliveries without settling them, show nowhere else.
 *
 * @param inHand oldest first
 * @returns a sentence; undefined if none is overdue
 */
export function overdue(inHand: Iterable<EntryDuty>, afterMs: number, now: number): string | undefined {
  const stages = new Map<string, number>();
  let oldestMs = 0;
  for (const { since, stage = 'no stage' } of inHand) {
    const age = now - since;
    if (age < afterMs) break;
    oldestMs = Math.max(oldestMs, age);
    stages.set(stage, (stages.get(stage) ?? 0) + 1);
  }
  if (stages.size === 0) return undefined;
  const where = [...stages].map(([stage, count]) => `${count} in ${stage}`).join(', ');
  return (
    `unsettled for more than ${afterMs} ms, the oldest for ${oldestMs} ms: ${where}; ` +
    'does a handler hang, or an operator such as filter or debounceTime drop deliveries without settling them?'
  );
}
