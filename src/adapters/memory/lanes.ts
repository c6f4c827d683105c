import { type PerPriority, PRIORITIES, type Priority, perPriority } from '../../core/priority.ts';
import type { Cursor, Entry, LaneStats, ReadPage, StartPosition, StoreRecord, TrimBounds } from '../../core/store.ts';
import { bytesOf } from './bytesOf.ts';
import { LaneLog } from './laneLog.ts';
import { trimBound } from './trimBound.ts';

/** The index in a lane before which nobody needs anything. */
export type Floor = (priority: Priority) => number;

/** What was removed, and what was not though the bounds let it go. */
export interface Trimmed {
  readonly removed: number;
  readonly owed: number;
  /** The lanes where something was not. */
  readonly held: readonly Priority[];
  readonly freedBytes: number;
}

/** The logs of a stream, one a tier. */
export class Lanes {
  private readonly logs: PerPriority<LaneLog> = perPriority((priority) => new LaneLog(priority));

  get stats(): PerPriority<LaneStats> {
    return perPriority((priority) => this.logs[priority].stats);
  }

  /** How many entries there are. */
  get length(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.logs[priority].stats.length, 0);
  }

  log(priority: Priority): LaneLog {
    return this.logs[priority];
  }

  append(record: StoreRecord, nowMs: number): Entry {
    return this.logs[record.priority].append(record, nowMs);
  }

  /** The index where a group or a view begins that starts here. */
  start(priority: Priority, position: StartPosition): number {
    const log = this.logs[priority];
    if (position === 'earliest') return log.first;
    return position === 'latest' ? log.end : log.indexSince(position.sinceMs);
  }

  /** What lies behind the cursor, most urgent tier first. */
  read(cursor: Cursor, count: number): ReadPage {
    const entries: Entry[] = [];
    const next = perPriority((priority) => {
      const log = this.logs[priority];
      let index = Math.max(log.first, Number(cursor[priority]));
      for (; index < log.end && entries.length < count; index++) entries.push(log.at(index));
      return `${index}`;
    });
    return { entries, cursor: next };
  }

  trim(bounds: TrimBounds, floor: Floor, nowMs: number): Trimmed {
    let [removed, owed, freedBytes] = [0, 0, 0];
    const held: Priority[] = [];
    for (const priority of PRIORITIES) {
      const log = this.logs[priority];
      const { first } = log;
      const bound = trimBound(log, bounds, nowMs);
      freedBytes += log.dropBefore(Math.min(bound, floor(priority)));
      removed += log.first - first;
      owed += Math.max(0, bound - log.first);
      if (bound > log.first) held.push(priority);
    }
    return { removed, owed, held, freedBytes };
  }

  /** Where each lane would begin if its bytes and those of the others were to be so few: the oldest goes first. */
  boundsFor(maxBytes: number, most: Floor): PerPriority<number> {
    const bounds: Record<Priority, number> = perPriority((priority) => this.logs[priority].first);
    let bytes = PRIORITIES.reduce((sum, priority) => sum + this.logs[priority].bytes, 0);
    while (bytes > maxBytes) {
      const oldest = this.oldest(bounds, most);
      if (!oldest) break;
      bytes -= bytesOf(this.logs[oldest].at(bounds[oldest]));
      bounds[oldest] += 1;
    }
    return bounds;
  }

  /** Drops what lies before these. Returns the bytes freed. */
  dropBefore(bounds: PerPriority<number>): number {
    return PRIORITIES.reduce((freed, priority) => freed + this.logs[priority].dropBefore(bounds[priority]), 0);
  }

  /** The lane with the oldest entry from its index on, of those that have one below the most. */
  private oldest(from: PerPriority<number>, most: Floor): Priority | undefined {
    let oldestMs = Infinity;
    let oldest: Priority | undefined;
    for (const priority of PRIORITIES) {
      if (from[priority] >= most(priority)) continue;
      const ms = Number.parseInt(this.logs[priority].at(from[priority]).id, 10);
      if (ms < oldestMs) [oldestMs, oldest] = [ms, priority];
    }
    return oldest;
  }

  /** Drops the oldest of what nobody needs until enough is freed. Returns the bytes freed. */
  forget(floor: Floor, enoughBytes: number): number {
    let freed = 0;
    for (const priority of PRIORITIES) freed += this.logs[priority].dropBefore(floor(priority), enoughBytes - freed);
    return freed;
  }
}
