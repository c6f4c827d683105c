import {
  asapScheduler,
  EMPTY,
  type Observable,
  type SchedulerLike,
  Subject,
  type Subscriber,
  type Subscription,
  timer,
} from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { Holder, Origin, RootDuty } from '../core/duty.ts';
import { toError } from '../core/errors.ts';
import type { Notify } from '../core/notice.ts';
import { ACK, type Outcome, RELEASE, type Verdict } from '../core/outcome.ts';
import { type PerPriority, perPriority } from '../core/priority.ts';
import type { Entry, EntryRef, Member, Taken } from '../core/store.ts';
import { FencedError, NoGroupError, StoreError, StoreUnavailableError } from '../core/storeErrors.ts';
import { backoffMs } from '../internal/backoff.ts';
import { TimeSlice } from '../internal/timeSlice.ts';
import { endProcessing } from '../telemetry/consumerSpan.ts';
import { Credit } from './credit.ts';
import { DeliveryMaker, type DeliveryMakerOptions } from './deliveryMaker.ts';
import { EntryDuty } from './entryDuty.ts';
import type { Judge } from './failurePolicy.ts';
import { HeldBack } from './heldBack.ts';
import { Intake } from './intake.ts';
import { Membership } from './membership.ts';
import { Outbox } from './outbox.ts';
import { ReaderNotices } from './readerNotices.ts';

export interface ReaderOptions extends DeliveryMakerOptions {
  readonly judge: Judge;
  readonly credit: PerPriority<number>;
  /** A consumer's name, new at each call. */
  readonly consumerName: () => string;
  readonly leaseMs: number;
  /** How long one take may wait, in ms. */
  readonly waitMs: number;
  /** How long deliveries may stay out after the subscription ended, in ms. */
  readonly drainMs: number;
  /** After how long a delivery that is still out is reported, in ms. */
  readonly overdueMs: number;
  readonly notify: Notify;
  readonly scheduler: SchedulerLike;
}

/** How long deliveries are handed on before timers and sockets get their turn, in ms. */
const SLICE_MS = 20;
/** How long the store may take to learn the last settlements once the deadline has passed, in ms. */
const LAST_FLUSH_MS = 1_000;

/**
 * Reads one stream for one group and keeps its books: credit, what is in hand, what is to be settled.
 *
 * | phase    | event                                    | next                                   |
 * |----------|------------------------------------------|----------------------------------------|
 * | entering | member of the group                      | reading                                |
 * | reading  | lease or group lost                      | entering; what is in hand is dropped   |
 * | any      | the subscription ended                   | draining: takes nothing more           |
 * | draining | all settled and flushed, or the deadline | ended: leaves the group                |
 *
 * Settlement gives credit back, credit takes, taking emits, and emission may settle at once: `pump` is the loop that
 * keeps this from being a recursion.
 */
export class Reader implements Origin {
  readonly name: string;
  private phase: 'entering' | 'reading' | 'draining' | 'ended' = 'entering';
  private incarnation = 0;
  private readonly inHand = new Set<EntryDuty>();
  private readonly credit: Credit;
  private readonly heldBack: PerPriority<HeldBack>;
  private readonly outbox: Outbox;
  private readonly membership: Membership;
  private readonly intake: Intake;
  private readonly end = new Subject<never>();
  private readonly slice: TimeSlice;
  private readonly notices: ReaderNotices;
  private maker: DeliveryMaker | undefined;
  private pause: Subscription | undefined;
  private deadline: Subscription | undefined;
  private pumping = false;
  private ticking = false;
  private failures = 0;

  constructor(
    private readonly options: ReaderOptions,
    private readonly subscriber: Subscriber<Delivery>,
  ) {
    const { store, group, scheduler, waitMs } = options;
    this.name = group.pattern;
    this.notices = new ReaderNotices(group, options.overdueMs, options.notify);
    this.credit = new Credit(options.credit);
    this.heldBack = perPriority((priority) => new HeldBack((count) => count >= options.credit[priority]));
    this.slice = new TimeSlice(SLICE_MS, scheduler, () => this.pump());
    this.membership = new Membership(options, {
      entered: (member) => this.entered(member),
      renewing: () => this.notices.overdue(this.inHand, scheduler.now()),
      refused: (error) => this.trouble(error),
      failed: (error) => subscriber.error(error),
    });
    this.intake = new Intake(this.credit, {
      take: (credit) => store.take({ member: this.membership.member, credit, waitMs, inHand: () => this.known() }),
      taken: (taken) => this.taken(taken),
      failed: (error) => this.trouble(error),
    });
    this.outbox = new Outbox(
      {
        send: (batch) => store.settle(this.membership.member, batch),
        failed: (error) => this.settleAgain(error),
        sent: () => this.tick(),
      },
      scheduler,
    );
  }

  /** Enters the group and reads until the subscriber is gone. */
  start(): void {
    this.membership.enter();
  }

  /** Completes once the reader has left its group. */
  ended(): Observable<never> {
    return this.phase === 'ended' ? EMPTY : this.end;
  }

  /** Ends the subscription by completing it; what is out has `deadlineMs` to settle. */
  close(deadlineMs: number): Observable<never> {
    this.subscriber.complete();
    this.drain(deadlineMs);
    return this.ended();
  }

  /** Takes nothing more; gives back what was not handed on; leaves when the rest is settled, or after `withinMs`. */
  drain(withinMs = this.options.drainMs): void {
    if (this.phase === 'ended') return;
    this.phase = 'draining';
    this.pause?.unsubscribe();
    this.intake.cancel();
    for (const entry of this.intake.collect()) this.put(entry, RELEASE);
    this.deadline?.unsubscribe();
    this.deadline = timer(withinMs, this.options.scheduler).subscribe(() => this.giveBack(withinMs));
    this.tick();
  }

  settle(duty: RootDuty, verdict: Verdict): Outcome | undefined {
    if (!(duty instanceof EntryDuty) || !this.inHand.delete(duty)) return undefined;
    const outcome = this.options.judge(verdict, duty.attempt);
    endProcessing(duty.span, outcome);
    this.heldBack[duty.priority].settled(duty);
    duty.outcome = outcome;
    if (duty.incarnation === this.incarnation) this.outbox.add(duty);
    this.credit.give(duty.priority);
    this.tick();
    return outcome;
  }

  hold(duty: RootDuty, holder: Holder): void {
    if (duty instanceof EntryDuty) this.heldBack[duty.priority].hold(duty, holder);
  }

  letGo(duty: RootDuty): void {
    if (duty instanceof EntryDuty) this.heldBack[duty.priority].letGo(duty);
  }

  creditFor(duty: RootDuty): number {
    return duty instanceof EntryDuty ? this.options.credit[duty.priority] : Infinity;
  }

  flushed(): Observable<never> {
    return this.outbox.idle();
  }

  /** Every entry that was received and that the store does not know to be settled. */
  private *known(): Generator<EntryRef> {
    yield* this.inHand;
    yield* this.intake.entries;
    yield* this.outbox;
  }

  private entered(member: Member): void {
    this.maker = new DeliveryMaker(this.options, this, member, this.incarnation);
    this.phase = 'reading';
    this.pump();
  }

  private taken({ entries, lost }: Taken): void {
    this.failures = 0;
    if (lost.length > 0) this.notices.lost(lost);
    if (entries.length > 0 || !this.pumping) this.pump();
  }

  /** Takes and hands on, by turns, until there is nothing to hand on; the next take is under way meanwhile. */
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    while (this.phase === 'reading' && this.slice.open) {
      this.outbox.flush();
      const entries = this.intake.collect();
      if (this.outbox.size <= this.credit.total) this.intake.ask();
      if (entries.length === 0 && this.intake.empty) break;
      this.handOn(entries);
    }
    this.pumping = false;
  }

  private handOn(entries: readonly Entry[]): void {
    const { incarnation } = this;
    const now = this.options.scheduler.now();
    for (const entry of entries) {
      if (incarnation !== this.incarnation) this.credit.give(entry.priority);
      else if (this.phase !== 'reading') this.put(entry, RELEASE);
      else this.deliver(entry, now);
    }
  }

  private deliver(entry: Entry, now: number): void {
    try {
      const made = this.maker?.make(entry, now);
      if (!made) return this.put(entry, ACK);
      this.inHand.add(made.duty);
      this.subscriber.next(made.delivery);
    } catch (cause) {
      this.put(entry, { kind: 'reject', error: toError(cause) });
    }
  }

  /** Settles an entry that was never handed on. */
  private put({ priority, id, attempt }: Entry, outcome: Outcome): void {
    this.credit.give(priority);
    this.outbox.add({ priority, id, attempt, outcome });
    this.tick();
  }

  /** Soon: sends what was settled, takes for the credit that came back, ends if that was the last. */
  private tick(): void {
    if (this.ticking) return;
    this.ticking = true;
    asapScheduler.schedule(() => {
      this.ticking = false;
      this.outbox.flush();
      if (this.phase === 'reading' && (this.intake.reconsider() || !this.pumping)) this.pump();
      if (this.phase === 'draining' && this.inHand.size === 0 && this.outbox.size === 0) this.leave();
    });
  }

  /** What the store refuses: rejoins where that mends it, tries again where time does, else ends the source. */
  private trouble(error: Error): void {
    if (this.phase !== 'reading') return;
    if (isMembershipLost(error)) return this.rejoin(error);
    if (!(error instanceof StoreError && error.retryable)) return this.subscriber.error(error);
    this.failures += 1;
    if (this.failures === 1) this.notices.retrying(error);
    this.pause?.unsubscribe();
    this.pause = timer(backoffMs(this.failures, { maxMs: 5_000 }), this.options.scheduler).subscribe(() => this.pump());
  }

  private rejoin(error: Error): void {
    this.notices.rejoining(error, this.inHand.size);
    this.phase = 'entering';
    this.incarnation += 1;
    this.intake.cancel();
    for (const entry of this.intake.collect()) this.credit.give(entry.priority);
    for (const duty of [...this.inHand]) duty.settle(RELEASE);
    this.outbox.clear();
    this.membership.enter();
  }

  /** Whether to send settlements again. */
  private settleAgain(error: Error): boolean {
    if (error instanceof StoreError && error.retryable && !(error instanceof NoGroupError)) return true;
    if (!(isMembershipLost(error) && this.phase === 'reading')) this.notices.notSettled(error);
    // Under its old name the consumer would keep what was dropped; without it, the lease runs out and it comes again.
    if (this.phase === 'reading') this.rejoin(error);
    return false;
  }

  private giveBack(withinMs: number): void {
    this.notices.givenBack(this.inHand, withinMs);
    for (const duty of [...this.inHand]) duty.settle(RELEASE);
    this.deadline = timer(LAST_FLUSH_MS, this.options.scheduler).subscribe(() =>
      this.outbox.clear(new StoreUnavailableError('the store did not take the last settlements in time')),
    );
  }

  private leave(): void {
    this.phase = 'ended';
    this.deadline?.unsubscribe();
    const done = () => this.end.complete();
    this.membership.leave().subscribe({ complete: done, error: done });
  }
}

function isMembershipLost(error: Error): error is FencedError | NoGroupError {
  return error instanceof FencedError || error instanceof NoGroupError;
}
