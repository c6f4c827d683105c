import type { Holder, RootDuty } from '../core/duty.ts';
import { type PerPriority, PRIORITIES, type Priority, perPriority } from '../core/priority.ts';
import type { Credit } from './credit.ts';
import { EntryDuty } from './entryDuty.ts';
import { HeldBack } from './heldBack.ts';
import type { KeyGate } from './keyGate.ts';

/** What tells whether more can come. */
export interface KeptBackPort {
  readonly credit: Credit;
  readonly gate: KeyGate | undefined;
  /** Whether one message is asked for at a time, and only when nothing else is in hand. */
  alone(): boolean;
  /** Whether nothing more is taken. */
  draining(): boolean;
  /** Whether nothing is on its way in, and the store knows what was settled. */
  quiet(): boolean;
}

/** What open batches keep back of a reader's deliveries, tier by tier: when that is all there can be, they close. */
export class KeptBack {
  private readonly tiers: PerPriority<HeldBack>;

  constructor(private readonly port: KeptBackPort) {
    this.tiers = perPriority((priority) => new HeldBack((count) => this.isAll(priority, count)));
  }

  hold(duty: RootDuty, holder: Holder): void {
    if (duty instanceof EntryDuty) this.tiers[duty.priority].hold(duty, holder);
  }

  letGo(duty: RootDuty): void {
    if (duty instanceof EntryDuty) this.tiers[duty.priority].letGo(duty);
  }

  settled(duty: EntryDuty): void {
    this.tiers[duty.priority].settled(duty);
  }

  /** To be called when something else has changed whether more can come. */
  check(): void {
    for (const priority of PRIORITIES) this.tiers[priority].check();
  }

  /** Whether nothing more of a tier can come while so many of its deliveries are kept back. */
  private isAll(priority: Priority, count: number): boolean {
    const { credit, gate, alone } = this.port;
    if (count >= credit.most(priority)) return true;
    if (alone() && count >= credit.used(priority)) return true;
    return gate !== undefined && this.isStuck(gate, priority, count);
  }

  /** Whether keys wait, and all of a tier that is in hand waits or is kept back. */
  private isStuck(gate: KeyGate, priority: Priority, count: number): boolean {
    const { credit, draining, quiet } = this.port;
    if (draining()) return true;
    if (!gate.anyWaits || !gate.idle || !quiet()) return false;
    return count + gate.kept(priority) >= credit.used(priority);
  }
}
