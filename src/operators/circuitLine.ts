import type { Subscriber } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { Duty } from '../core/duty.ts';
import { Soon } from '../internal/soon.ts';
import { Circuit, type CircuitChange, type CircuitRules } from './circuit.ts';
import { CircuitCall } from './circuitCall.ts';
import { GuardDuty } from './guardDuty.ts';
import { InFlight } from './inFlight.ts';
import { passOn } from './passOn.ts';
import { priorityRules } from './priorityOptions.ts';
import { TieredQueue } from './tieredQueue.ts';

export interface CircuitLineOptions extends CircuitRules {
  readonly concurrency: number;
  readonly isFailure: (error: Error) => boolean;
  readonly changed: (change: CircuitChange) => void;
}

/** Deliveries that wait to be let into an operator, as its circuit allows; the most urgent first. */
export class CircuitLine<D extends Delivery> {
  private readonly waiting: TieredQueue<D>;
  private readonly circuit: Circuit;
  private readonly inFlight: InFlight;
  private handing = false;
  private readonly soon = new Soon(() => this.run());
  private finishing = false;

  constructor(
    private readonly options: CircuitLineOptions,
    private readonly subscriber: Subscriber<D>,
  ) {
    this.waiting = new TieredQueue(priorityRules({ scheduler: options.scheduler }));
    this.circuit = new Circuit(options, (change) => this.changed(change));
    this.inFlight = new InFlight(
      (count) => this.isFull(count),
      () => this.tick(),
    );
  }

  /** One that was settled before it came is let in at once: its failure would not be seen. */
  take(delivery: D): void {
    if (delivery.settled) return passOn(this.subscriber, delivery);
    this.waiting.push(delivery, delivery.message.priority);
    this.run();
  }

  /** What this was derived of has come out of the operator. */
  left(duty: Duty): void {
    const call = duty instanceof GuardDuty ? duty.guard : undefined;
    if (call instanceof CircuitCall && call.circuit === this.circuit) return call.left();
    for (const origin of duty.origins) this.left(origin);
  }

  /** Completes once nothing waits. */
  finish(): void {
    this.finishing = true;
    this.run();
  }

  /** Gives back what waits. */
  stop(): void {
    this.finishing = false;
    this.circuit.stop();
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) next.release();
  }

  /** While it is open nothing passes, but something will: a batch inside that is not full may wait for it. */
  private isFull(count: number): boolean {
    const { state, admits } = this.circuit;
    return state !== 'open' && (count >= this.options.concurrency || !admits);
  }

  private changed(change: CircuitChange): void {
    this.options.changed(change);
    this.tick();
  }

  /** Not within the settlement that brought it about: its source is to hear of it first. */
  private tick(): void {
    if (this.waiting.size > 0) this.soon.ask();
  }

  private run(): void {
    if (this.handing) return;
    this.handing = true;
    while (this.waiting.size > 0 && this.circuit.admits && !this.inFlight.full && !this.subscriber.closed) {
      this.hand(this.waiting.shift() as D);
    }
    this.handing = false;
    if (!this.finishing || this.waiting.size > 0) return;
    this.finishing = false;
    this.subscriber.complete();
  }

  private hand(delivery: D): void {
    if (delivery.settled) return;
    const { duty } = new CircuitCall(delivery, this.circuit, this.inFlight, this.options.isFailure);
    this.subscriber.next(delivery.withDuty(duty) as D);
  }
}
