import type { Member } from '../../core/store.ts';
import { FencedError, GroupOrderError, PartitionOwnedError } from '../../core/storeErrors.ts';
import { Consumer } from './consumer.ts';

/**
 * The consumers of a group and their leases.
 *
 * | state   | event                                 | next    |
 * |---------|---------------------------------------|---------|
 * | unknown | join                                  | leased  |
 * | leased  | its lease runs out                    | expired |
 * | expired | join, renew                           | leased  |
 * | expired | another member takes, or joins as the only one | fenced: unknown, what it owed is up for others |
 * | leased, expired | leave                         | unknown |
 */
export class Members {
  private readonly byName = new Map<string, Consumer>();
  private readonly expired = new Set<Consumer>();
  /** When the next lease may run out: never too late, perhaps too early after a renewal. */
  private soonestMs = Infinity;
  /** Since when there has been no member, as far as it was asked. */
  private emptySinceMs: number | undefined;

  /** Where the next lease may run out, in ms. */
  get nextExpiryMs(): number {
    return this.soonestMs;
  }

  /** Those with a lease at this time, in order of name. */
  leased(nowMs: number): readonly Consumer[] {
    const leased = [...this.byName.values()].filter((consumer) => consumer.leaseEndMs > nowMs);
    return leased.sort((a, b) => (a.member.consumer < b.member.consumer ? -1 : 1));
  }

  /** @throws {FencedError} if it is no member, or not any more */
  get(member: Member): Consumer {
    const consumer = this.byName.get(member.consumer);
    if (!consumer) throw new FencedError(member);
    return consumer;
  }

  join(member: Member, leaseEndMs: number, exclusive = false): Consumer {
    const consumer = this.byName.get(member.consumer) ?? new Consumer(member);
    this.byName.set(member.consumer, consumer);
    consumer.exclusive = exclusive;
    this.emptySinceMs = undefined;
    this.renew(consumer, leaseEndMs);
    return consumer;
  }

  /**
   * @throws {PartitionOwnedError | GroupOrderError} if the lease of another member, that leaves no room for this one,
   * lasts
   */
  checkRoom(member: Member, exclusive: boolean, nowMs: number): void {
    for (const { member: other, exclusive: alone } of this.leased(nowMs)) {
      if (other.consumer === member.consumer || !(alone || exclusive)) continue;
      throw alone && exclusive ? new PartitionOwnedError(member) : new GroupOrderError(member, exclusive);
    }
  }

  renew(consumer: Consumer, leaseEndMs: number): void {
    consumer.leaseEndMs = leaseEndMs;
    this.expired.delete(consumer);
    this.soonestMs = Math.min(this.soonestMs, leaseEndMs);
  }

  /** Ends a membership; undefined if there was none. */
  leave(name: string): Consumer | undefined {
    const consumer = this.byName.get(name);
    if (consumer) this.remove(consumer);
    return consumer;
  }

  /** Whether someone's lease has run out. */
  anyExpired(nowMs: number): boolean {
    if (nowMs >= this.soonestMs) this.sortOut(nowMs);
    return this.expired.size > 0;
  }

  /** Ends the memberships of all whose lease has run out, but for the one who asks. */
  fence(asker: Consumer, nowMs: number): readonly Consumer[] {
    if (!this.anyExpired(nowMs)) return NOBODY;
    const fenced = [...this.expired].filter((consumer) => consumer !== asker);
    for (const consumer of fenced) this.remove(consumer);
    return fenced;
  }

  /** For how long there has been no member, from when it was first asked at the latest; undefined while there is one. */
  idleFor(nowMs: number): number | undefined {
    const lastMs = Math.max(...[...this.byName.values()].map(({ leaseEndMs }) => leaseEndMs));
    if (lastMs > nowMs) return undefined;
    this.emptySinceMs ??= lastMs === -Infinity ? nowMs : lastMs;
    this.emptySinceMs = Math.max(this.emptySinceMs, lastMs);
    return nowMs - this.emptySinceMs;
  }

  /** Removes those whose lease ended by a time and that owe nothing. Returns how many. */
  sweep(untilMs: number): number {
    const dead = [...this.byName.values()].filter(({ leaseEndMs, pending }) => leaseEndMs <= untilMs && pending === 0);
    for (const consumer of dead) this.remove(consumer);
    return dead.length;
  }

  private remove(consumer: Consumer): void {
    this.byName.delete(consumer.member.consumer);
    this.expired.delete(consumer);
  }

  private sortOut(nowMs: number): void {
    this.soonestMs = Infinity;
    for (const consumer of this.byName.values()) {
      if (consumer.leaseEndMs <= nowMs) this.expired.add(consumer);
      else this.soonestMs = Math.min(this.soonestMs, consumer.leaseEndMs);
    }
  }
}

const NOBODY: readonly Consumer[] = [];
