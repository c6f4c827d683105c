import { type Observable, Subject } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { Arrivals } from '../internal/arrivals.ts';
import { Serial } from '../internal/serial.ts';
import { BranchEndedError } from './branchEndedError.ts';

/** What decides where deliveries go. */
export interface Router<T> {
  /** One a branch, in order. */
  readonly names: readonly string[];
  /** The branches that take a delivery, by number. A throw fails the delivery. */
  choose(delivery: Delivery<T>): readonly number[];
  /** Settles what no branch takes. */
  settle(delivery: Delivery<T>): void;
  /** Settles what a branch should have had that takes nothing any more. */
  refuse(delivery: Delivery<T>, error: BranchEndedError): void;
}

/**
 * The inputs of a router's branches: hands each delivery to those that take it, one delivery after the other.
 *
 * | state    | event    | next     | effect                                                        |
 * |----------|----------|----------|---------------------------------------------------------------|
 * | open     | delivery | open     | routed; while another is being routed, it waits its turn      |
 * | open     | complete | open     | what waits is routed, then every branch completes             |
 * | open     | stop     | stopped  | nothing is routed any more                                    |
 * | stopped  | delivery | stopped  | held: released now, a source still subscribed might emit it again at once, for ever |
 * | stopped  | release  | released | what is held is released                                      |
 * | released | delivery | released | released                                                      |
 *
 * What others settle while it waits its turn is dropped; what had been settled before it came is routed.
 * A branch that settles at once can make the source emit again before it returned: what waits is what such a source
 * emitted meanwhile, no more than its credit.
 */
export class Branches<T> {
  private readonly inputs: readonly Subject<Delivery<T>>[];
  private readonly serial = new Serial<Delivery<T>>(
    (delivery) => this.route(delivery),
    () => this.end(),
  );
  private readonly arrivals = new Arrivals<Delivery<T>>();
  private readonly held: Delivery<T>[] = [];
  private state: 'open' | 'stopped' | 'released' = 'open';

  constructor(private readonly router: Router<T>) {
    this.inputs = router.names.map(() => new Subject<Delivery<T>>());
  }

  /** What one branch is applied to. */
  input(branch: number): Observable<Delivery<T>> {
    return this.at(branch).asObservable();
  }

  /** Whether a branch takes deliveries. */
  takes(branch: number): boolean {
    return this.at(branch).observed;
  }

  next(delivery: Delivery<T>): void {
    this.arrivals.came(delivery);
    this.serial.next(delivery);
  }

  complete(): void {
    this.serial.complete();
  }

  /** Errors every branch. */
  error(cause: unknown): void {
    this.stop();
    for (const input of this.inputs) input.error(cause);
  }

  /** From now on nothing is routed. Comes before anything is unsubscribed. */
  stop(): void {
    if (this.state === 'open') this.state = 'stopped';
  }

  /** Gives back what is held. Comes after the source was unsubscribed. */
  release(): void {
    this.state = 'released';
    for (const delivery of this.held.splice(0)) delivery.release();
  }

  private end(): void {
    if (this.state === 'open') for (const input of this.inputs) input.complete();
  }

  private route(delivery: Delivery<T>): void {
    if (this.state !== 'open') return this.hold(delivery);
    if (this.arrivals.lost(delivery)) return;
    const chosen = this.choose(delivery);
    if (chosen === undefined) return;
    if (chosen.length === 0) return this.router.settle(delivery);
    if (chosen.length === 1) return this.send(chosen[0] as number, delivery);
    const shares = delivery.split(chosen.map(() => delivery.data));
    for (const [i, share] of shares.entries()) this.send(chosen[i] as number, share);
  }

  private choose(delivery: Delivery<T>): readonly number[] | undefined {
    try {
      return this.router.choose(delivery);
    } catch (cause) {
      delivery.fail(cause);
      return undefined;
    }
  }

  private send(branch: number, delivery: Delivery<T>): void {
    if (this.state !== 'open') return this.hold(delivery);
    const input = this.at(branch);
    if (input.observed) return input.next(delivery);
    this.router.refuse(delivery, new BranchEndedError(this.router.names[branch] as string, delivery.message.id));
  }

  private hold(delivery: Delivery<T>): void {
    if (this.state === 'released') delivery.release();
    else this.held.push(delivery);
  }

  private at(branch: number): Subject<Delivery<T>> {
    return this.inputs[branch] as Subject<Delivery<T>>;
  }
}
