import type { Holder, RootDuty } from '../../src/core/duty.ts';
import type { Verdict } from '../../src/core/outcome.ts';
import { HeldBack } from '../../src/sources/heldBack.ts';
import { TestSource } from '../../src/testing/testSource.ts';

/** A test source that may have so many deliveries out. */
export class CreditSource extends TestSource {
  readonly held: HeldBack;

  constructor(credit: number, ...scheduler: ConstructorParameters<typeof TestSource>) {
    super(...scheduler);
    this.held = new HeldBack((count) => count >= credit);
  }

  override settle(duty: RootDuty, verdict: Verdict): void {
    super.settle(duty, verdict);
    this.held.settled(duty);
  }

  hold(duty: RootDuty, holder: Holder): void {
    this.held.hold(duty, holder);
  }

  letGo(duty: RootDuty): void {
    this.held.letGo(duty);
  }
}
