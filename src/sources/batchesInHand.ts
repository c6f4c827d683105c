import { type SchedulerLike, type Subscription, timer } from 'rxjs';
import type { Outcome } from '../core/outcome.ts';
import type { HeldRef, Settlement } from '../core/store.ts';
import type { BatchInHand } from './batchInHand.ts';
import type { EntryDuty } from './entryDuty.ts';
import type { PartDuty } from './partDuty.ts';

/**
 * How long acks of a record batch may wait for the rest of it, in ms, at most twice that: after a crash, what was acked in
 * that time comes again.
 */
const WINDOW_MS = 100;

/**
 * The record batches that a consumer has in hand. A batch is settled in one go when the last of its messages is; sooner,
 * in part, as soon as one of them is to be handed out again or dead-lettered, or its acks have waited long enough.
 */
export class BatchesInHand {
  private readonly batches = new Set<BatchInHand>();
  private readonly urgent = new Set<BatchInHand>();
  private waiting: Subscription | undefined;
  private open = 0;

  constructor(
    private readonly tell: (settlement: Settlement) => void,
    /** Called when something was told that nobody asked for. */
    private readonly told: () => void,
    private readonly scheduler: SchedulerLike,
  ) {}

  /** Deliveries that are out. */
  get size(): number {
    return this.open;
  }

  /** Deliveries that are out, of every batch. */
  *duties(): Generator<EntryDuty> {
    for (const batch of this.batches) yield* batch.open();
  }

  /** What is held and was not told to be settled. */
  *held(): Generator<HeldRef> {
    for (const batch of this.batches) yield* batch.held();
  }

  add(batch: BatchInHand): void {
    this.batches.add(batch);
  }

  handedOut(duty: PartDuty): void {
    duty.batch.handedOut(duty.index, duty);
    this.open += 1;
  }

  /** A message has ended; those of batches that were forgotten count no more. */
  settled(duty: PartDuty): void {
    const { batch, index, outcome, outputs } = duty;
    this.open -= 1;
    if (this.batches.has(batch)) {
      batch.settle(index, outcome, duty, outputs);
      this.consider(batch);
    }
  }

  /** A message that was never out has ended. */
  put(batch: BatchInHand, index: number, outcome: Outcome): void {
    batch.settle(index, outcome);
    this.consider(batch);
  }

  /** Has the store told of a batch now, or within the window. */
  private consider(batch: BatchInHand): void {
    if (batch.urgent) this.urgent.add(batch);
    else this.waiting ??= timer(WINDOW_MS, this.scheduler).subscribe(() => this.windowOver());
  }

  /** Tells what is urgent; or everything that was not told. */
  flush(everything = false): void {
    const batches = everything ? this.batches : this.urgent;
    if (batches.size === 0) return;
    for (const batch of batches) {
      for (const settlement of batch.tell()) this.tell(settlement);
      if (batch.done) this.batches.delete(batch);
    }
    this.urgent.clear();
  }

  /** Forgets every batch: another incarnation begins anew. */
  clear(): void {
    this.batches.clear();
    this.urgent.clear();
  }

  /** Ends the wait for the window. */
  stop(): void {
    this.waiting?.unsubscribe();
    this.waiting = undefined;
  }

  private windowOver(): void {
    this.waiting = undefined;
    this.flush(true);
    this.told();
  }
}
