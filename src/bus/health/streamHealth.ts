import { PRIORITIES } from '../../core/priority.ts';
import type { GroupStats, StreamStats, TrimBounds } from '../../core/store.ts';
import type { StreamReport } from '../streamReport.ts';

/** A group of a stream, over all its partitions. */
export interface GroupHealth extends Omit<GroupStats, 'consumers'> {
  /** How many have a lease, a partition each. */
  readonly consumers: number;
  /** Entries that it owes beyond what retention would keep: they stay for it alone. */
  readonly beyond: number;
}

/** A stream, over all its partitions. */
export interface StreamHealth {
  readonly stream: string;
  /** Entries kept, over all lanes. */
  readonly entries: number;
  /** For how long the oldest of them has been there, in ms; absent if there is none. */
  readonly oldestMs?: number;
  readonly groups: readonly GroupHealth[];
  readonly deadLetters: number;
  /** Kept for longer than retention would, since a group owes it. */
  readonly late: boolean;
}

export function streamHealth(report: StreamReport, bounds: TrimBounds, everyMs: number, nowMs: number): StreamHealth {
  const { stream, partitions, deadLetters } = report;
  const oldest = Math.min(...partitions.flatMap(({ lanes }) => PRIORITIES.map((tier) => timeOf(lanes[tier].firstId))));
  const oldestMs = nowMs - oldest;
  const groups = report.groups.map(({ consumers, ...group }) => ({
    ...group,
    consumers: consumers.length,
    beyond: partitions.reduce((sum, partition) => sum + beyond(partition, group.name, bounds), 0),
  }));
  return {
    stream,
    entries: partitions.reduce((sum, partition) => sum + lengthOf(partition), 0),
    ...(oldest < Infinity && { oldestMs }),
    groups,
    deadLetters,
    // A round may be half an everyMs late, and the next one is due after that.
    late: oldest < Infinity && oldestMs > (bounds.maxAgeMs ?? Infinity) + 3 * everyMs,
  };
}

export function reasonsOf({ stream, groups, late, oldestMs = 0 }: StreamHealth): readonly string[] {
  const reasons: string[] = [];
  for (const { name, consumers, pending, lag = 0, beyond: over, trimmed = 0 } of groups) {
    const group = `group '${name}' on stream '${stream}'`;
    const owes = pending + lag;
    if (trimmed > 0) reasons.push(`${group} has lost ${trimmed} messages to retention.maxBytes`);
    if (consumers === 0 && owes > 0) reasons.push(`${group} has no consumer and owes ${owes} entries`);
    if (over > 0) reasons.push(`${group} owes ${over} entries beyond what retention would keep`);
    if (late && owes > 0)
      reasons.push(`${group} holds entries of ${Math.round(oldestMs / 1_000)} s, beyond retention.maxAgeMs`);
  }
  return reasons;
}

function lengthOf({ lanes }: StreamStats): number {
  return PRIORITIES.reduce((sum, tier) => sum + lanes[tier].length, 0);
}

/** What a group owes beyond all that its partition would keep by `maxEntries`. */
function beyond(partition: StreamStats, group: string, { maxEntries = Infinity }: TrimBounds): number {
  const { pending = 0, lag = 0 } = partition.groups.find(({ name }) => name === group) ?? {};
  const kept = PRIORITIES.reduce((sum, tier) => sum + Math.min(maxEntries, partition.lanes[tier].length), 0);
  return Math.max(0, pending + lag - kept);
}

function timeOf(id: string | undefined): number {
  return id === undefined ? Infinity : Number.parseInt(id, 10);
}
