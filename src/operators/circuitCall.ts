import type { Delivery } from '../core/delivery.ts';
import { RELEASE, type Verdict } from '../core/outcome.ts';
import type { CallResult, Circuit } from './circuit.ts';
import { type DutyGuard, GuardDuty } from './guardDuty.ts';
import type { Flight, InFlight } from './inFlight.ts';

/**
 * A delivery inside the operator that a circuit guards.
 *
 * | state  | event                                  | next  | effect                                                   |
 * |--------|----------------------------------------|-------|----------------------------------------------------------|
 * | inside | the first derived of it comes out      | over  | an answer                                                |
 * | inside | ack                                    | over  | an answer                                                |
 * | inside | a failure that counts, circuit closed  | over  | a failure; it fails                                      |
 * | inside | a failure that counts, not closed      | over  | a failure if it was a probe; released: no attempt is lost |
 * | inside | another verdict, or others settle it   | over  | neither                                                  |
 * | over   | a verdict                              | over  | none: it passes as it is                                 |
 */
export class CircuitCall implements DutyGuard {
  readonly duty: GuardDuty;
  private readonly flight: Flight;
  private readonly end: (result: CallResult) => void;
  private over = false;

  constructor(
    delivery: Delivery,
    readonly circuit: Circuit,
    inFlight: InFlight,
    private readonly isFailure: (error: Error) => boolean,
  ) {
    this.end = circuit.begin();
    this.duty = new GuardDuty(delivery.duty, this);
    this.flight = inFlight.enter(this.duty, () => this.ended());
  }

  /** It came out. */
  left(): void {
    this.conclude({ answered: true });
    this.flight.ended();
  }

  judge(verdict: Verdict): Verdict {
    if (this.over) return verdict;
    if (verdict.kind !== 'fail' || !this.counts(verdict.error)) {
      this.conclude({ answered: verdict.kind === 'ack' });
      return verdict;
    }
    const { state } = this.circuit;
    this.conclude({ failure: verdict.error });
    return state === 'closed' ? verdict : RELEASE;
  }

  /** Its duty has ended: if not by a verdict of its own, which is yet to be judged, others have settled it. */
  private ended(): void {
    if (this.duty.verdict === undefined) this.conclude({ answered: false });
  }

  private counts(error: Error): boolean {
    try {
      return this.isFailure(error);
    } catch {
      // It has failed in any case; that the callback could not say how is no reason to take it for an answer.
      return true;
    }
  }

  private conclude(result: CallResult): void {
    if (this.over) return;
    this.over = true;
    this.end(result);
  }
}
