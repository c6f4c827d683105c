import type { TrimBounds } from '../../core/store.ts';
import type { LaneLog } from './laneLog.ts';

/** The index before which the bounds let everything of a lane go. */
export function trimBound(lane: LaneLog, { maxEntries, maxAgeMs }: TrimBounds, nowMs: number): number {
  const byCount = maxEntries === undefined ? 0 : lane.end - maxEntries;
  const byAge = maxAgeMs === undefined ? 0 : lane.indexSince(nowMs - maxAgeMs + 1);
  return Math.min(lane.end, Math.max(lane.first, byCount, byAge));
}
