import { Duty, type DutyWatcher, type RootDuty } from '../core/duty.ts';
import type { Verdict } from '../core/outcome.ts';

/** Hears the verdict on a duty before it is passed on, which takes the time it takes. */
export interface DutyMark {
  /** Told once; `pass` hands a verdict on, of no effect if others have settled it. Must not throw. */
  judged(verdict: Verdict, pass: (verdict: Verdict) => void): void;
}

/** A duty whose verdict is passed on once whoever marks it has done so. */
export class MarkedDuty extends Duty {
  private heard = false;

  constructor(
    private readonly marked: Duty,
    private readonly mark: DutyMark,
  ) {
    super();
    // By this one, or by others.
    marked.watch({ settled: (verdict) => this.hear(verdict) });
  }

  override get settled(): boolean {
    return super.settled || this.marked.settled;
  }

  override watch(watcher: DutyWatcher): void {
    super.watch(watcher);
    // It ends with what it marks too, and then nobody settles it.
    this.marked.watch(watcher);
  }

  get origins(): readonly Duty[] {
    return [this.marked];
  }

  get roots(): readonly RootDuty[] {
    return this.marked.roots;
  }

  protected pass(verdict: Verdict): void {
    this.hear(verdict);
  }

  private hear(verdict: Verdict): void {
    if (this.heard) return;
    this.heard = true;
    this.mark.judged(verdict, (said) => this.marked.settle(said));
  }
}
