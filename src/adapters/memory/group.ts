import { entryOfPart } from '../../core/entryOfPart.ts';
import type { Reject } from '../../core/outcome.ts';
import { type PerPriority, PRIORITIES, type Priority } from '../../core/priority.ts';
import type {
  Entry,
  EntryRef,
  GroupStats,
  HeldEntry,
  Member,
  SettledParts,
  Settlement,
  StoreRecord,
} from '../../core/store.ts';
import type { Consumer } from './consumer.ts';
import type { DueQueue } from './dueQueue.ts';
import type { GroupLane } from './groupLane.ts';
import { Hand } from './hand.ts';
import { Members } from './members.ts';
import type { Pending } from './pending.ts';
import type { Supply } from './waiting.ts';

/** What a group tells its stream. */
export interface GroupEvents {
  /** A consumer's lease ran out and others take its work. */
  fenced(member: Member): void;
  /** An entry belongs into the dead letters. */
  rejected(entry: Entry, settlement: Settlement, outcome: Reject): void;
}

/**
 * A group of a stream: which entries it has handed out, to whom, and what becomes of them.
 *
 * | state of an entry | event                                      | next     |
 * |-------------------|--------------------------------------------|----------|
 * | new               | take                                       | in hand  |
 * | in hand           | ack, reject                                | ended    |
 * | in hand           | retry, release, its consumer leaves        | waiting  |
 * | in hand           | its consumer is fenced, another takes      | in hand  |
 * | waiting           | its due time has come, any consumer takes  | in hand  |
 * | in hand           | some messages of a record batch settled    | in parts |
 * | in parts          | each message by itself, as an entry above  | in parts |
 * | in parts          | the last message has ended                 | ended    |
 */
export class Group implements Supply {
  readonly members = new Members();
  /** Messages that were trimmed though they were owed. */
  private trimmed = 0;
  /** Those whose lease ran out and who still owe. */
  private dead: Consumer[] = [];

  constructor(
    readonly name: string,
    readonly pattern: string,
    private readonly lanes: PerPriority<GroupLane>,
    private readonly events: GroupEvents,
  ) {}

  /** Entries handed out and not settled, and those not handed out yet. */
  get owed(): number {
    return this.sum((lane) => lane.pending + lane.lag);
  }

  /** The index of the oldest entry of a lane that the group still needs. */
  floor(priority: Priority): number {
    return this.lanes[priority].floor;
  }

  /** Ends what is owed of a lane before an index: it is about to go. Returns how many messages. */
  passOver(priority: Priority, index: number): number {
    const messages = this.lanes[priority].passOver(index);
    this.trimmed += messages;
    return messages;
  }

  ready(nowMs: number): boolean {
    if (this.members.anyExpired(nowMs) || this.dead.length > 0) return true;
    for (const priority of PRIORITIES) {
      const lane = this.lanes[priority];
      if (lane.lag > 0 || lane.due.soonestMs <= nowMs) return true;
    }
    return false;
  }

  nextMs(nowMs: number): number {
    let next = this.members.nextExpiryMs;
    for (const priority of PRIORITIES) {
      const { soonestMs } = this.lanes[priority].due;
      // What is due already is beyond the credit of those who wait.
      if (soonestMs > nowMs && soonestMs < next) next = soonestMs;
    }
    return next;
  }

  /** @throws {PartitionOwnedError | GroupOrderError} if others leave no room for it */
  join(member: Member, leaseMs: number, exclusive: boolean, nowMs: number): void {
    this.members.checkRoom(member, exclusive, nowMs);
    const consumer = this.members.join(member, nowMs + leaseMs, exclusive);
    if (exclusive) this.fence(consumer, nowMs);
  }

  /** @throws {FencedError} if it is no member, or not any more */
  take(member: Member, credit: PerPriority<number>, nowMs: number): readonly Entry[] {
    const consumer = this.members.get(member);
    const hand = new Hand(consumer, credit);
    this.fence(consumer, nowMs);
    if (consumer.exclusive) this.lineUp(nowMs);
    this.handDue(hand, nowMs);
    if (this.dead.length > 0) this.handLeft(hand);
    for (const priority of PRIORITIES) this.lanes[priority].handNew(hand);
    return hand.entries;
  }

  /**
   * Settles what is in the consumer's hands at the attempt named; passes over everything else. Returns what is to be
   * appended with it.
   *
   * @throws {FencedError} if it is no member, or not any more
   */
  settle(member: Member, settlements: readonly Settlement[], nowMs: number): readonly StoreRecord[] {
    const consumer = this.members.get(member);
    const outputs: StoreRecord[] = [];
    for (const settlement of settlements) {
      const isSettled = this.settleOne(consumer, settlement, nowMs);
      if (isSettled && settlement.outcome.kind === 'ack' && settlement.outputs) outputs.push(...settlement.outputs);
    }
    return outputs;
  }

  private settleOne(consumer: Consumer, settlement: Settlement, nowMs: number): boolean {
    const lane = this.lanes[settlement.priority];
    const pending = lane.find(settlement.id);
    if (!pending) return false;
    if (settlement.parts) return this.settleParts(consumer, lane, pending, settlement, settlement.parts, nowMs);
    if (!isHeld(pending, consumer, settlement)) return false;
    this.conclude(lane, pending, pending.entry, settlement, nowMs);
    return true;
  }

  private settleParts(
    consumer: Consumer,
    lane: GroupLane,
    whole: Pending,
    settlement: Settlement,
    { indexes }: SettledParts,
    nowMs: number,
  ): boolean {
    const parts = whole.parts ?? (isHeld(whole, consumer, settlement) ? lane.divide(whole) : undefined);
    if (!parts) return false;
    let isSettled = false;
    for (const [place, index] of indexes.entries()) {
      const part = parts.get(index);
      if (!part || !isHeld(part, consumer, settlement)) continue;
      const entry = settlement.outcome.kind === 'reject' ? entryOfPart(settlement, place) : part.entry;
      this.conclude(lane, part, entry, settlement, nowMs);
      isSettled = true;
    }
    return isSettled;
  }

  /**
   * Counts one more attempt of what is in the consumer's hands. Returns what is not.
   *
   * @throws {FencedError} if it is no member, or not any more
   */
  again(member: Member, entries: readonly HeldEntry[]): readonly EntryRef[] {
    const consumer = this.members.get(member);
    return entries.filter(({ priority, id, attempt }) => {
      const pending = this.lanes[priority].find(id);
      // An attempt higher by one is that of the same call before.
      if (pending?.owner !== consumer || pending.attempt < attempt || pending.attempt > attempt + 1) return true;
      pending.attempt = attempt + 1;
      return false;
    });
  }

  leave(name: string, nowMs: number): void {
    const consumer = this.members.leave(name);
    if (!consumer) return;
    for (const priority of PRIORITIES) {
      const owes = consumer.owes[priority];
      for (let oldest = owes.oldest; oldest; oldest = owes.oldest) this.release(this.lanes[priority], oldest, nowMs);
    }
  }

  stats(nowMs: number): GroupStats {
    const { name, pattern } = this;
    const consumers = this.members.leased(nowMs);
    return {
      name,
      pattern,
      pending: this.sum((lane) => lane.pending),
      retrying: this.sum((lane) => lane.due.size),
      lag: this.sum((lane) => lane.lag),
      consumers: consumers.map(({ member, pending }) => ({ name: member.consumer, pending })),
      ...(this.trimmed > 0 && { trimmed: this.trimmed }),
    };
  }

  private fence(asker: Consumer, nowMs: number): void {
    for (const consumer of this.members.fence(asker, nowMs)) {
      if (consumer.pending > 0) this.dead.push(consumer);
      this.events.fenced(consumer.member);
    }
  }

  /** For the only consumer all that is owed is due, in the order of the lane. */
  private lineUp(nowMs: number): void {
    for (const priority of PRIORITIES) {
      const lane = this.lanes[priority];
      for (const { owes, member } of this.dead) {
        const left = owes[priority];
        for (let oldest = left.oldest; oldest; oldest = left.oldest) {
          oldest.died(member.consumer);
          lane.defer(oldest, AT_ONCE);
        }
      }
      lane.due.lineUp(nowMs, AT_ONCE);
    }
    this.dead = [];
  }

  private handDue(hand: Hand, nowMs: number): void {
    for (let due = this.soonestDue(hand, nowMs); due; due = this.soonestDue(hand, nowMs)) hand.add(due.shift());
  }

  private soonestDue(hand: Hand, nowMs: number): DueQueue | undefined {
    let soonest: DueQueue | undefined;
    for (const priority of PRIORITIES) {
      const { due } = this.lanes[priority];
      if (hand.room(priority) <= 0 || due.soonestMs > nowMs) continue;
      if (!soonest || due.soonestMs < soonest.soonestMs) soonest = due;
    }
    return soonest;
  }

  private handLeft(hand: Hand): void {
    for (const priority of PRIORITIES) {
      for (const { owes, member } of this.dead) {
        const left = owes[priority];
        for (let next = left.oldest; next && hand.room(priority) > 0; next = left.oldest) {
          next.died(member.consumer);
          hand.add(next);
        }
      }
    }
    this.dead = this.dead.filter((consumer) => consumer.pending > 0);
  }

  private conclude(lane: GroupLane, pending: Pending, entry: Entry, settlement: Settlement, nowMs: number): void {
    const { outcome } = settlement;
    switch (outcome.kind) {
      case 'ack':
        return lane.end(pending);
      case 'reject':
        lane.end(pending);
        return this.events.rejected(entry, settlement, outcome);
      case 'retry':
        return lane.defer(pending, nowMs + outcome.delayMs);
      case 'release':
        return this.release(lane, pending, nowMs);
    }
  }

  private release(lane: GroupLane, pending: Pending, nowMs: number): void {
    pending.attempt -= 1;
    lane.defer(pending, nowMs);
  }

  private sum(count: (lane: GroupLane) => number): number {
    return PRIORITIES.reduce((sum, priority) => sum + count(this.lanes[priority]), 0);
  }
}

function isHeld({ owner, attempt }: Pending, consumer: Consumer, settlement: Settlement): boolean {
  return owner === consumer && attempt === settlement.attempt;
}

/** A due time before every other. */
const AT_ONCE = 0;
