import { Duty, type DutyWatcher, type RootDuty } from '../core/duty.ts';
import type { Verdict } from '../core/outcome.ts';

/** Hears the verdict on a duty first, and may have a say in it. */
export interface DutyGuard {
  /** Told the verdict; what it returns is passed on in its place. Must not throw. */
  judge(verdict: Verdict): Verdict;
}

/** A duty with a guard between it and the one it was derived of. */
export class GuardDuty extends Duty {
  constructor(
    private readonly guarded: Duty,
    readonly guard: DutyGuard,
  ) {
    super();
  }

  override get settled(): boolean {
    return super.settled || this.guarded.settled;
  }

  override watch(watcher: DutyWatcher): void {
    super.watch(watcher);
    // It ends with what it guards too, and then nobody settles it.
    this.guarded.watch(watcher);
  }

  get origins(): readonly Duty[] {
    return [this.guarded];
  }

  get roots(): readonly RootDuty[] {
    return this.guarded.roots;
  }

  protected pass(verdict: Verdict): void {
    this.guarded.settle(this.guard.judge(verdict));
  }
}
