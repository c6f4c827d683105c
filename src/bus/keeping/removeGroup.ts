import { firstValueFrom } from 'rxjs';
import type { StreamStore } from '../../core/store.ts';
import { GroupInUseError } from '../../core/storeErrors.ts';

export interface RemoveGroupOptions {
  /** The stream's name, or a partition's. @default every stream of the bus */
  readonly stream?: string;
  /** Whether to remove it whatever it owes and whoever reads it. @default false */
  readonly force?: boolean;
}

/** Where a group was removed. */
export interface RemovedFrom {
  /** How many partitions it was removed from; 0 if it was nowhere. */
  readonly partitions: number;
  /** Entries that it owed in them, those not handed out yet included. */
  readonly owed: number;
}

/**
 * Removes a group from partitions. If one of them can't let it go, none does, unless it is joined at the same moment.
 * Rejects with `GroupInUseError`.
 */
export async function removeGroup(
  store: StreamStore,
  partitions: readonly string[],
  group: string,
  force = false,
): Promise<RemovedFrom> {
  const found = await Promise.all(partitions.map((name) => firstValueFrom(store.stats(name))));
  const there = found.filter(({ groups }) => groups.some(({ name }) => name === group));
  if (!force) {
    for (const { stream, groups } of there) {
      const { consumers = [], pending = 0, lag = 0 } = groups.find(({ name }) => name === group) ?? {};
      if (consumers.length + pending + lag > 0)
        throw new GroupInUseError(group, stream, consumers.length, pending + lag);
    }
  }
  let [count, all] = [0, 0];
  for (const { stream } of there) {
    const { removed, members, owed } = await firstValueFrom(store.removeGroup({ stream, group, force }));
    if (!removed && members + owed > 0) throw new GroupInUseError(group, stream, members, owed);
    count += removed ? 1 : 0;
    all += owed;
  }
  return { partitions: count, owed: all };
}
