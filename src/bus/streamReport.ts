import { type PerPriority, perPriority } from '../core/priority.ts';
import type { GroupStats, LaneStats, StreamStats } from '../core/store.ts';

/** What is in a stream: all its partitions together, and each. */
export interface StreamReport extends StreamStats {
  readonly partitions: readonly StreamStats[];
}

/** Adds up the partitions of a stream. Ids are unique within a partition: there are none over several. */
export function streamReport(stream: string, partitions: readonly StreamStats[]): StreamReport {
  const [first] = partitions;
  if (first && partitions.length === 1) return { ...first, stream, partitions };
  return {
    stream,
    lanes: perPriority((priority) => ({
      length: sum(partitions, ({ lanes }) => lanes[priority].length),
    })) as PerPriority<LaneStats>,
    groups: groupsOf(partitions),
    deadLetters: sum(partitions, ({ deadLetters }) => deadLetters),
    delayed: sum(partitions, ({ delayed }) => delayed),
    partitions,
  };
}

function groupsOf(partitions: readonly StreamStats[]): readonly GroupStats[] {
  const byName = new Map<string, GroupStats[]>();
  for (const group of partitions.flatMap(({ groups }) => groups)) {
    byName.set(group.name, [...(byName.get(group.name) ?? []), group]);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, parts]) => groupOf(parts));
}

function groupOf(parts: readonly GroupStats[]): GroupStats {
  const { name = '', pattern = '' } = parts[0] ?? {};
  const trimmed = sum(parts, ({ trimmed = 0 }) => trimmed);
  const known = {
    name,
    pattern,
    pending: sum(parts, ({ pending }) => pending),
    retrying: sum(parts, ({ retrying }) => retrying),
    consumers: parts.flatMap(({ consumers }) => consumers).sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...(trimmed > 0 && { trimmed }),
  };
  return parts.some(({ lag }) => lag === undefined) ? known : { ...known, lag: sum(parts, ({ lag = 0 }) => lag) };
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
