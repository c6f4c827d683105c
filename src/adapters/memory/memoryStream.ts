import type { SchedulerLike } from 'rxjs';
import { type PerPriority, PRIORITIES, type Priority, perPriority } from '../../core/priority.ts';
import type {
  CreateGroupRequest,
  Cursor,
  Entry,
  ReadPage,
  StartPosition,
  StoreRecord,
  StreamStats,
  Taken,
  TrimBounds,
  TrimResult,
} from '../../core/store.ts';
import { FencedError, GroupPatternError, NoGroupError } from '../../core/storeErrors.ts';
import { bytesOf } from './bytesOf.ts';
import { deadLetterOf } from './deadLetterOf.ts';
import { DeadLetters } from './deadLetters.ts';
import { Group } from './group.ts';
import { GroupLane } from './groupLane.ts';
import { LaneLog } from './laneLog.ts';
import { replayed } from './replayed.ts';
import type { Space } from './space.ts';
import { trimBound } from './trimBound.ts';
import type { Turns } from './turns.ts';
import { Waiting } from './waiting.ts';

export interface MemoryStreamOptions {
  readonly name: string;
  readonly scheduler: SchedulerLike;
  readonly turns: Turns;
  readonly space: Space;
}

/** A group and the takes that wait on it. */
export interface GroupDesk {
  readonly group: Group;
  readonly takes: Waiting<Taken>;
}

/** A stream: its lanes, groups, views and dead letters. */
export class MemoryStream {
  readonly deadLetters = new DeadLetters();
  readonly views: Waiting<ReadPage>;
  private readonly lanes: PerPriority<LaneLog> = perPriority((priority) => new LaneLog(priority));
  private readonly desks = new Map<string, GroupDesk>();

  constructor(private readonly options: MemoryStreamOptions) {
    this.views = new Waiting<ReadPage>(ANYTHING, options.scheduler, options.turns);
  }

  get groups(): readonly Group[] {
    return [...this.desks.values()].map(({ group }) => group);
  }

  get stats(): StreamStats {
    const nowMs = this.options.scheduler.now();
    return {
      stream: this.options.name,
      lanes: perPriority((priority) => this.lanes[priority].stats),
      groups: this.groups.map((group) => group.stats(nowMs)),
      deadLetters: this.deadLetters.size,
    };
  }

  append(records: readonly StoreRecord[]): readonly Entry[] {
    const nowMs = this.options.scheduler.now();
    const entries = records.map((record) => this.lanes[record.priority].append(record, nowMs));
    for (const { takes } of this.desks.values()) takes.wake();
    this.views.wake();
    return entries;
  }

  /** @throws {GroupPatternError} if the group is bound to another pattern */
  createGroup({ stream, group, pattern, start }: CreateGroupRequest): void {
    const bound = this.desks.get(group)?.group.pattern;
    if (bound === undefined) this.desks.set(group, this.newDesk(group, pattern, start));
    else if (bound !== pattern) throw new GroupPatternError(group, stream, bound, pattern);
  }

  findDesk(group: string): GroupDesk | undefined {
    return this.desks.get(group);
  }

  /** @throws {NoGroupError} if there is no such group */
  desk(group: string): GroupDesk {
    const desk = this.findDesk(group);
    if (!desk) throw new NoGroupError({ stream: this.options.name, group });
    return desk;
  }

  /** The cursor of a view that begins here. */
  cursor(start: StartPosition): Cursor {
    return perPriority((priority) => `${this.index(priority, start)}`);
  }

  /** What lies behind the cursor, most urgent tier first. */
  read(cursor: Cursor, count: number): ReadPage {
    const entries: Entry[] = [];
    const next = perPriority((priority) => {
      const lane = this.lanes[priority];
      let index = Math.max(lane.first, Number(cursor[priority]));
      for (; index < lane.end && entries.length < count; index++) entries.push(lane.at(index));
      return `${index}`;
    });
    return { entries, cursor: next };
  }

  trim(bounds: TrimBounds): TrimResult {
    let removed = 0;
    let owed = 0;
    for (const priority of PRIORITIES) {
      const lane = this.lanes[priority];
      const { first } = lane;
      const bound = trimBound(lane, bounds, this.options.scheduler.now());
      this.options.space.give(lane.dropBefore(Math.min(bound, this.floor(priority))));
      removed += lane.first - first;
      owed += Math.max(0, bound - lane.first);
    }
    return { removed, owed };
  }

  /** Appends dead letters again and removes them. Returns how many. */
  replay(ids: readonly string[]): number {
    const records: StoreRecord[] = [];
    for (const id of ids) {
      const letter = this.deadLetters.get(id);
      const record = letter && replayed(this.options.name, letter);
      if (record && this.purge([id])) records.push(record);
    }
    this.options.space.take(records.reduce((sum, record) => sum + bytesOf(record), 0));
    return this.append(records).length;
  }

  /** Removes dead letters. Returns how many. */
  purge(ids: readonly string[]): number {
    let purged = 0;
    for (const id of ids) {
      const letter = this.deadLetters.remove(id);
      if (!letter) continue;
      this.options.space.give(bytesOf(letter));
      purged += 1;
    }
    return purged;
  }

  /** Drops the oldest of what every group is done with, until enough is freed. */
  forget(enoughBytes: number): void {
    // Without a group nobody is done with anything: the first one may begin at the earliest entry.
    if (this.desks.size === 0) return;
    let freed = 0;
    for (const priority of PRIORITIES) {
      freed += this.lanes[priority].dropBefore(this.floor(priority), enoughBytes - freed);
    }
    this.options.space.give(freed);
  }

  close(error: Error): void {
    this.views.fail(error);
    for (const { takes } of this.desks.values()) takes.fail(error);
  }

  private newDesk(name: string, pattern: string, start: StartPosition): GroupDesk {
    const { scheduler, turns, space } = this.options;
    const lanes = perPriority((priority) => new GroupLane(this.lanes[priority], this.index(priority, start)));
    const group = new Group(name, pattern, lanes, {
      rejected: (entry, settlement, outcome) => {
        this.deadLetters.add(deadLetterOf(name, entry, settlement, outcome), scheduler.now());
        space.take(bytesOf(entry));
      },
      // Others are being served meanwhile, and who hears of this may call again at once: it has a turn of its own.
      fenced: (member) => turns.run({ run: () => takes.fail(new FencedError(member), member.consumer) }),
    });
    const takes = new Waiting<Taken>(group, scheduler, turns);
    return { group, takes };
  }

  private index(priority: Priority, start: StartPosition): number {
    const lane = this.lanes[priority];
    if (start === 'earliest') return lane.first;
    return start === 'latest' ? lane.end : lane.indexSince(start.sinceMs);
  }

  /** The index of the oldest entry of a lane that some group still needs. */
  private floor(priority: Priority): number {
    let floor = this.lanes[priority].end;
    for (const { group } of this.desks.values()) floor = Math.min(floor, group.floor(priority));
    return floor;
  }
}

const ANYTHING = { ready: () => true, nextMs: () => Infinity };
