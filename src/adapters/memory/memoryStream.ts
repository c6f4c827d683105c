import type { SchedulerLike } from 'rxjs';
import { PRIORITIES, type Priority, perPriority } from '../../core/priority.ts';
import type {
  AppendedRef,
  CreateGroupRequest,
  Cursor,
  DelayedRecord,
  DelayedRef,
  ExpiredGroup,
  LetterChanges,
  ReadPage,
  RemovedGroup,
  ScheduledRef,
  StartPosition,
  StoreRecord,
  StreamStats,
  Taken,
  TidyRequest,
  TidyResult,
  TrimBounds,
  TrimResult,
  Turn,
} from '../../core/store.ts';
import { FencedError, GroupPatternError, NoGroupError } from '../../core/storeErrors.ts';
import { Alarm } from './alarm.ts';
import { bytesOf } from './bytesOf.ts';
import { deadLetterOf } from './deadLetterOf.ts';
import { DeadLetters } from './deadLetters.ts';
import { Delayed } from './delayed.ts';
import { Group } from './group.ts';
import { GroupLane } from './groupLane.ts';
import { KeptOnce } from './keptOnce.ts';
import { KeptTurns } from './keptTurns.ts';
import { Lanes } from './lanes.ts';
import { replayed } from './replayed.ts';
import type { Space } from './space.ts';
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
  private readonly lanes = new Lanes();
  private readonly once = new KeptOnce();
  private readonly kept = new KeptTurns();
  private readonly delayed = new Delayed();
  private readonly alarm: Alarm;
  private readonly desks = new Map<string, GroupDesk>();

  constructor(private readonly options: MemoryStreamOptions) {
    this.alarm = new Alarm(options.scheduler, () => this.promote());
    this.views = new Waiting<ReadPage>(ANYTHING, options.scheduler, options.turns);
  }

  get groups(): readonly Group[] {
    return [...this.desks.values()].map(({ group }) => group);
  }

  get stats(): StreamStats {
    const nowMs = this.options.scheduler.now();
    return {
      stream: this.options.name,
      lanes: this.lanes.stats,
      groups: this.groups.map((group) => group.stats(nowMs)),
      deadLetters: this.deadLetters.size,
      delayed: this.delayed.size,
    };
  }

  /** What an append of this turn was answered, if it was kept. */
  answerTo(turn: Turn): readonly AppendedRef[] | undefined {
    return this.kept.answerTo(turn);
  }

  /** Appends records, whose space was taken; gives back that of what was kept before. */
  append(records: readonly StoreRecord[], turn?: Turn): readonly AppendedRef[] {
    const nowMs = this.options.scheduler.now();
    const refs = records.map((record) => this.keep(record, nowMs));
    if (turn) this.kept.keep(turn, refs);
    this.wake();
    return refs;
  }

  /** Keeps records until they are due, whose space was taken; gives back that of what was kept before. */
  schedule(records: readonly DelayedRecord[], turn?: Turn): readonly ScheduledRef[] {
    const nowMs = this.options.scheduler.now();
    const refs = records.map((record): ScheduledRef => {
      const { priority, id } = record;
      if (this.hold(record, nowMs)) return { priority, id };
      this.options.space.give(bytesOf(record));
      return { priority, id, duplicate: true };
    });
    if (turn) this.kept.keep(turn, refs);
    this.promote();
    return refs;
  }

  /** Drops records that wait. Returns how many did. */
  cancel(refs: readonly DelayedRef[]): number {
    let count = 0;
    for (const ref of refs) {
      const record = this.delayed.remove(ref);
      if (!record) continue;
      if (record.once) this.once.forget(record.topic, record.once.id);
      this.options.space.give(bytesOf(record));
      count += 1;
    }
    return count;
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
    return perPriority((priority) => `${this.lanes.start(priority, start)}`);
  }

  read(cursor: Cursor, count: number): ReadPage {
    return this.lanes.read(cursor, count);
  }

  trim(bounds: TrimBounds): TrimResult {
    const { scheduler, space } = this.options;
    const { freedBytes, held, ...result } = this.lanes.trim(bounds, this.floor, scheduler.now());
    space.give(freedBytes);
    const heldBy = [...new Set(held.map((priority) => this.slowest(priority)))].sort();
    const kept = { ...result, ...(heldBy.length > 0 && { heldBy }) };
    return bounds.maxBytes === undefined ? kept : this.trimBytes(bounds.maxBytes, kept);
  }

  /** What nobody owes goes first, whatever its lane; then what is owed. */
  private trimBytes(maxBytes: number, { removed, ...before }: TrimResult): TrimResult {
    const length = this.lanes.length;
    this.options.space.give(this.lanes.dropBefore(this.lanes.boundsFor(maxBytes, this.floor)));
    const bounds = this.lanes.boundsFor(maxBytes, (priority) => this.lanes.log(priority).end);
    const forced = this.groups.map((group) => ({
      group: group.name,
      count: PRIORITIES.reduce((sum, priority) => sum + group.passOver(priority, bounds[priority]), 0),
    }));
    this.options.space.give(this.lanes.dropBefore(bounds));
    const counts = forced.filter(({ count }) => count > 0).sort((a, b) => (a.group < b.group ? -1 : 1));
    const all = removed + length - this.lanes.length;
    return { removed: all, ...before, ...(counts.length > 0 && { forced: counts }) };
  }

  tidy({ deadMs, expireMs = Infinity, force = false }: TidyRequest): TidyResult {
    const nowMs = this.options.scheduler.now();
    const expired: ExpiredGroup[] = [];
    let consumers = 0;
    for (const { name, members, owed } of this.groups) {
      const idleMs = members.idleFor(nowMs);
      consumers += members.sweep(nowMs - deadMs);
      if (idleMs === undefined || idleMs < expireMs) continue;
      const removed = this.removeGroup(name, force).removed;
      expired.push({ group: name, idleMs, owed, removed });
    }
    return { consumers, expired };
  }

  removeGroup(name: string, force: boolean): RemovedGroup {
    const desk = this.desks.get(name);
    if (!desk) return { removed: false, members: 0, owed: 0 };
    const { owed } = desk.group;
    const members = desk.group.members.leased(this.options.scheduler.now()).length;
    const removed = force || (members === 0 && owed === 0);
    if (removed) {
      this.desks.delete(name);
      desk.takes.fail(new NoGroupError({ stream: this.options.name, group: name }));
    }
    return { removed, members, owed };
  }

  /** Appends dead letters again and removes them. Returns how many. */
  replay(ids: readonly string[], changes?: LetterChanges): number {
    const records: StoreRecord[] = [];
    for (const id of ids) {
      const letter = this.deadLetters.get(id);
      const record = letter && replayed(this.options.name, letter, changes?.get(id));
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
    if (this.desks.size > 0) this.options.space.give(this.lanes.forget(this.floor, enoughBytes));
  }

  close(error: Error): void {
    this.alarm.set(Infinity);
    this.views.fail(error);
    for (const { takes } of this.desks.values()) takes.fail(error);
  }

  /** Whether it is to wait: not if it does already or was kept before. */
  private hold(record: DelayedRecord, nowMs: number): boolean {
    const { priority, topic, once } = record;
    if (this.delayed.has(record) || (once && this.once.find(topic, once, nowMs))) return false;
    if (once) this.once.keep(topic, once, { priority, id: `${nowMs}-0` }, nowMs);
    this.delayed.add(record, nowMs);
    return true;
  }

  /** Appends what is due. */
  private promote(): void {
    const nowMs = this.options.scheduler.now();
    let count = 0;
    for (const { priority, topic, payload, type, encoding, meta } of this.delayed.due(nowMs)) {
      this.lanes.append({ priority, topic, payload, type, encoding, meta }, nowMs);
      count += 1;
    }
    this.alarm.set(this.delayed.soonestMs);
    if (count > 0) this.wake();
  }

  private wake(): void {
    for (const { takes } of this.desks.values()) takes.wake();
    this.views.wake();
  }

  private keep(record: StoreRecord, nowMs: number): AppendedRef {
    const { topic, once } = record;
    const before = once && this.once.find(topic, once, nowMs);
    if (before) {
      this.options.space.give(bytesOf(record));
      return { ...before, duplicate: true };
    }
    const { priority, id } = this.lanes.append(record, nowMs);
    const ref = { priority, id };
    if (once) this.once.keep(topic, once, ref, nowMs);
    return ref;
  }

  private newDesk(name: string, pattern: string, start: StartPosition): GroupDesk {
    const { scheduler, turns, space } = this.options;
    const lanes = perPriority((tier) => new GroupLane(this.lanes.log(tier), this.lanes.start(tier, start)));
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

  /** The group that needs the oldest entry of a lane; there is one. */
  private slowest(priority: Priority): string {
    const byFloor = this.groups.toSorted((a, b) => a.floor(priority) - b.floor(priority));
    return byFloor[0]?.name ?? '';
  }

  /** The index of the oldest entry of a lane that some group still needs. */
  private readonly floor = (priority: Priority): number => {
    let floor = this.lanes.log(priority).end;
    for (const { group } of this.desks.values()) floor = Math.min(floor, group.floor(priority));
    return floor;
  };
}

const ANYTHING = { ready: () => true, nextMs: () => Infinity };
