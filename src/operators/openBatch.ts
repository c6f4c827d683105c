import type { SchedulerLike, Subscription } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { Holder, Keeper, RootDuty } from '../core/duty.ts';

/** When a batch closes. */
export interface BatchLimits {
  readonly maxSize: number;
  readonly maxBytes: number;
  readonly withinMs: number | undefined;
  readonly scheduler: SchedulerLike;
}

/**
 * The batch that is being filled.
 *
 * | state | event                                        | next  | effect                                    |
 * |-------|----------------------------------------------|-------|-------------------------------------------|
 * | empty | a delivery                                   | open  | the time starts, the source is told       |
 * | open  | a delivery that would make it too large      | open  | what was there is closed, it begins anew  |
 * | open  | full, the time, the source's credit, the end | empty | closed: what others settled is left out   |
 * | open  | torn down                                    | empty | every member is released                  |
 */
export class OpenBatch<D extends Delivery> implements Holder {
  private members: D[] = [];
  private held: Held[] = [];
  private bytes = 0;
  /** Grows whenever the batch is emptied. */
  private generation = 0;
  private timer: Subscription | undefined;
  private readonly settledBefore = new Set<D>();

  constructor(
    private readonly limits: BatchLimits,
    private readonly closed: (members: readonly D[]) => void,
  ) {}

  add(delivery: D, bytes: number): void {
    const tooLarge = this.members.length > 0 && this.bytes + bytes > this.limits.maxBytes;
    const before = tooLarge ? this.empty() : NONE;
    const generation = this.put(delivery, bytes);
    this.pass(before as readonly D[]);
    // Passing on may have brought more, and closed what this one is in.
    if (generation === this.generation) this.closeOrHold(delivery);
  }

  /** Closes the batch, if it holds anything. */
  close(): void {
    this.pass(this.empty());
  }

  exhausted(): void {
    this.close();
  }

  /** Gives back what it holds. */
  release(): void {
    for (const member of this.empty()) member.release();
  }

  private put(delivery: D, bytes: number): number {
    this.members.push(delivery);
    this.bytes += bytes;
    if (delivery.settled) this.settledBefore.add(delivery);
    const { withinMs, scheduler } = this.limits;
    if (this.members.length === 1 && withinMs !== undefined) {
      this.timer = scheduler.schedule(() => this.close(), withinMs);
    }
    return this.generation;
  }

  private closeOrHold(delivery: D): void {
    const { generation, limits } = this;
    if (this.members.length >= limits.maxSize || this.bytes >= limits.maxBytes) return this.close();
    for (const duty of delivery.duty.roots) {
      for (const keeper of duty.keepers) {
        this.held.push({ duty, keeper });
        keeper.hold?.(duty, this);
        if (generation !== this.generation) return;
      }
    }
  }

  private empty(): readonly D[] {
    const { members, held } = this;
    const kept = members.filter((member) => !member.settled || this.settledBefore.has(member));
    this.members = [];
    this.held = [];
    this.bytes = 0;
    this.generation += 1;
    this.timer?.unsubscribe();
    this.settledBefore.clear();
    for (const { duty, keeper } of held) keeper.letGo?.(duty);
    return kept;
  }

  private pass(members: readonly D[]): void {
    if (members.length > 0) this.closed(members);
  }
}

/** A duty, and who was told that it is kept back. */
interface Held {
  readonly duty: RootDuty;
  readonly keeper: Keeper;
}

const NONE: readonly never[] = [];
