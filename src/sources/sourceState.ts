import type { EntryDuty } from './entryDuty.ts';

/** Deliveries of a source that nobody has settled, by the stage that had them last. */
export interface UnsettledByStage {
  /** The stage's name; undefined before the first stage. */
  readonly stage: string | undefined;
  readonly count: number;
  /** For how long the oldest of them has been out, in ms. */
  readonly oldestMs: number;
}

/** How a source is doing that reads one partition for a group. */
export interface SourceState {
  readonly stream: string;
  readonly group: string;
  readonly pattern: string;
  /** False while it enters its group, or lets go of it. */
  readonly reading: boolean;
  /** Deliveries that are out. */
  readonly inHand: number;
  /** Settlements that the store does not know yet. */
  readonly untold: number;
  readonly unsettled: readonly UnsettledByStage[];
}

export function unsettledByStage(duties: Iterable<EntryDuty>, nowMs: number): readonly UnsettledByStage[] {
  const stages = new Map<string | undefined, { count: number; oldestMs: number }>();
  for (const { stage, since } of duties) {
    const found = stages.get(stage) ?? { count: 0, oldestMs: 0 };
    stages.set(stage, { count: found.count + 1, oldestMs: Math.max(found.oldestMs, nowMs - since) });
  }
  return [...stages].map(([stage, found]) => ({ stage, ...found }));
}
