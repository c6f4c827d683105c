import type { SchedulerLike } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { Origin, RootDuty } from '../core/duty.ts';
import { toError } from '../core/errors.ts';
import { ACK, type Outcome, RELEASE, type Verdict } from '../core/outcome.ts';
import type { Entry, HeldRef, Member, Settlement } from '../core/store.ts';
import { endProcessing } from '../telemetry/consumerSpan.ts';
import { BatchesInHand } from './batchesInHand.ts';
import type { BatchInHand } from './batchInHand.ts';
import type { Credit } from './credit.ts';
import { DeliveryMaker, type DeliveryMakerOptions, type MadeBatch } from './deliveryMaker.ts';
import { EntryDuty } from './entryDuty.ts';
import type { Judge } from './failurePolicy.ts';
import type { KeptBack } from './keptBack.ts';
import type { KeyGate } from './keyGate.ts';
import { PartDuty } from './partDuty.ts';
import { settlementsOf, sizeOf } from './partsOfEntry.ts';
import type { Solitude } from './solitude.ts';

export interface HandsOptions extends DeliveryMakerOptions {
  readonly judge: Judge;
  readonly scheduler: SchedulerLike;
}

/** How the hands reach their reader. */
export interface HandsPort {
  readonly origin: Origin;
  readonly credit: Credit;
  readonly keptBack: KeptBack;
  readonly solitude: Solitude;
  readonly gate: KeyGate | undefined;
  /** Whether what is handed on reaches anyone. */
  wanted(): boolean;
  next(delivery: Delivery): void;
  /** The store is to learn of it. */
  tell(settlement: Settlement): void;
  /** Something has ended: time to go on. */
  moved(): void;
}

/**
 * The hands of a consumer: they make deliveries of entries, hand them on, and know those that are out until they end. What
 * ends gives its credit back, and the store is told; not what an earlier incarnation had, which is another's by now.
 */
export class Hands {
  private readonly out = new Set<EntryDuty>();
  private readonly batches: BatchesInHand;
  private maker: DeliveryMaker | undefined;
  private incarnation = 0;

  constructor(
    private readonly options: HandsOptions,
    private readonly port: HandsPort,
  ) {
    this.batches = new BatchesInHand(
      (settlement) => port.tell(settlement),
      () => port.moved(),
      options.scheduler,
    );
  }

  /** How many deliveries are out. */
  get size(): number {
    return this.out.size + this.batches.size;
  }

  /** What is out. */
  *duties(): Generator<EntryDuty> {
    yield* this.out;
    yield* this.batches.duties();
  }

  /** Every entry, or message of a record batch, that was handed on and not told to be settled. */
  *held(): Generator<HeldRef> {
    for (const { priority, id } of this.out) yield { priority, id };
    yield* this.batches.held();
  }

  /** What comes from now on is this member's. */
  begin(member: Member): void {
    this.maker = new DeliveryMaker(this.options, this.port.origin, member, this.incarnation);
  }

  /** Lets go of everything: it is another's from now on. */
  drop(): void {
    this.incarnation += 1;
    const duties = [...this.duties()];
    this.batches.clear();
    for (const duty of duties) duty.settle(RELEASE);
  }

  /** Has the store told of the record batches that are settled; of the others too, with `everything`. */
  flush(everything = false): void {
    this.batches.flush(everything);
  }

  /** Ends its waits. */
  stop(): void {
    this.batches.stop();
  }

  handOn(entries: readonly Entry[]): void {
    const { incarnation, port } = this;
    const now = this.options.scheduler.now();
    for (const entry of entries) {
      // Whoever was handed the one before may have ended the subscription, or the consumer's place in the group.
      if (incarnation !== this.incarnation) port.credit.give(entry.priority, sizeOf(entry));
      else if (!port.wanted()) this.put(entry, RELEASE);
      else if (entry.count !== undefined) this.deliverBatch(entry, now);
      else this.deliver(entry, now);
    }
  }

  /** Settles an entry that was never handed on. */
  put(entry: Entry, outcome: Outcome): void {
    const { port } = this;
    port.credit.give(entry.priority, sizeOf(entry));
    for (const settlement of settlementsOf(entry, outcome)) port.tell(settlement);
    port.moved();
  }

  /** Gives back an entry that was never handed on; a record batch message by message, so that each comes by itself. */
  giveBack(entry: Entry): void {
    const { priority, id, attempt, count = 1, parts } = entry;
    if (count === 1 || parts) return this.put(entry, RELEASE);
    const { port } = this;
    port.credit.give(priority, count);
    const indexes = Array.from({ length: count }, (_, index) => index);
    port.tell({ priority, id, attempt, outcome: RELEASE, parts: { count, indexes } });
    port.moved();
  }

  /** The verdict on what is out; undefined if it is not out. */
  settle(duty: RootDuty, verdict: Verdict): Outcome | undefined {
    const isPart = duty instanceof PartDuty;
    if (!isPart && !(duty instanceof EntryDuty && this.out.delete(duty))) return undefined;
    const { keptBack, moved } = this.port;
    const outcome = this.options.judge(verdict, duty.attempt);
    endProcessing(duty.span, outcome);
    keptBack.settled(duty);
    if (isPart) this.partEnded(duty, outcome);
    else this.ended(duty, outcome);
    moved();
    return outcome;
  }

  private ended(duty: EntryDuty, outcome: Outcome): void {
    const { gate, credit } = this.port;
    const told = gate ? gate.judged(duty, outcome) : outcome;
    // Its gate keeps it, and the credit with it.
    if (told === undefined) return;
    duty.outcome = told;
    if (duty.incarnation === this.incarnation) this.port.tell(duty);
    credit.give(duty.priority);
  }

  private partEnded(duty: PartDuty, outcome: Outcome): void {
    duty.outcome = outcome;
    this.batches.settled(duty);
    this.port.credit.give(duty.priority);
  }

  private deliver(entry: Entry, now: number): void {
    try {
      const made = this.maker?.make(entry, now);
      if (!made) return this.put(entry, ACK);
      this.checkPoison(entry.deaths, entry.attempt);
      this.out.add(made.duty);
      this.port.next(made.delivery);
    } catch (cause) {
      this.put(entry, { kind: 'reject', error: toError(cause) });
    }
  }

  private deliverBatch(entry: Entry, now: number): void {
    try {
      const made = this.maker?.open(entry);
      if (!made) return this.put(entry, ACK);
      this.batches.add(made.batch);
      made.batch.each((index, attempt) => this.deliverPart(made, index, attempt, now, entry.deaths));
    } catch (cause) {
      this.put(entry, { kind: 'reject', error: toError(cause) });
    }
  }

  private deliverPart(made: MadeBatch, index: number, attempt: number, now: number, deaths: Entry['deaths']): void {
    const { batch } = made;
    if (batch.incarnation !== this.incarnation) return this.port.credit.give(batch.priority);
    if (!this.port.wanted()) return this.putPart(batch, index, RELEASE);
    try {
      const delivery = this.maker?.makePart(made, index, attempt, now);
      if (!delivery) return this.putPart(batch, index, ACK);
      this.checkPoison(deaths, attempt);
      this.batches.handedOut(delivery.duty as PartDuty);
      this.port.next(delivery);
    } catch (cause) {
      this.putPart(batch, index, { kind: 'reject', error: toError(cause) });
    }
  }

  /** Settles a message of a record batch that was never handed on. */
  private putPart(batch: BatchInHand, index: number, outcome: Outcome): void {
    this.port.credit.give(batch.priority);
    this.batches.put(batch, index, outcome);
    this.port.moved();
  }

  private checkPoison(deaths: Entry['deaths'], attempt: number): void {
    const poison = this.port.solitude.verdict(deaths, attempt);
    if (poison) throw poison;
  }
}
