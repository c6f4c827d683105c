import type { Duty, DutyWatcher } from '../core/duty.ts';

/** Watches a duty and all it was made of: a batch has also ended when each member has, and a part when the whole has. */
export function watchLineage(duty: Duty, watcher: DutyWatcher): void {
  duty.watch(watcher);
  for (const origin of duty.origins) watchLineage(origin, watcher);
}
