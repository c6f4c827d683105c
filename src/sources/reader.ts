import {
  asapScheduler,
  concat,
  defer,
  EMPTY,
  type Observable,
  Subject,
  type Subscriber,
  type Subscription,
  subscribeOn,
  timer,
} from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import type { Holder, Origin, Place, RootDuty } from '../core/duty.ts';
import { type Outcome, RELEASE, type Verdict } from '../core/outcome.ts';
import { type PerPriority, PRIORITIES, perPriority } from '../core/priority.ts';
import type { HeldRef, Member, Taken, TakeRequest } from '../core/store.ts';
import { FencedError, NoGroupError, StoreError, StoreUnavailableError } from '../core/storeErrors.ts';
import { backoffMs } from '../internal/backoff.ts';
import { TimeSlice } from '../internal/timeSlice.ts';
import { Credit } from './credit.ts';
import { EntryDuty } from './entryDuty.ts';
import { Hands } from './hands.ts';
import { Intake } from './intake.ts';
import { KeptBack } from './keptBack.ts';
import { KeyGate, type KeyGatePort } from './keyGate.ts';
import { Membership } from './membership.ts';
import { Outbox } from './outbox.ts';
import { heldUntil, heldWith, sizeOf } from './partsOfEntry.ts';
import { Patience } from './patience.ts';
import { ReaderNotices } from './readerNotices.ts';
import type { ReaderOptions } from './readerOptions.ts';
import { Solitude } from './solitude.ts';
import { type SourceState, unsettledByStage } from './sourceState.ts';

/** How long deliveries are handed on before timers and sockets get their turn, in ms. */
const SLICE_MS = 4;
const AT_ONCE: Outcome = { kind: 'retry', delayMs: 0 };
/** How long the store may take to learn the last settlements once the deadline has passed, in ms. */
const LAST_FLUSH_MS = 1_000;

/**
 * Reads one stream for one group and keeps its books: credit, what is in hand, what is to be settled.
 *
 * | phase    | event                                    | next                                   |
 * |----------|------------------------------------------|----------------------------------------|
 * | entering | member of the group                      | reading                                |
 * | reading  | lease or group lost                      | entering; what is in hand is dropped   |
 * | entering | another is the only consumer             | ended                                  |
 * | any      | the subscription ended                   | draining: takes nothing more           |
 * | draining | all settled and flushed, or the deadline | ended: leaves the group                |
 *
 * Settlement gives credit back, credit takes, taking emits, and emission may settle at once: `pump` is the loop that
 * keeps this from being a recursion.
 */
export class Reader implements Origin {
  readonly name: string;
  readonly place: Place;
  private phase: 'entering' | 'reading' | 'draining' | 'ended' = 'entering';
  private readonly credit: Credit;
  private readonly keptBack: KeptBack;
  private readonly hands: Hands;
  private readonly outbox: Outbox;
  private readonly membership: Membership;
  private readonly intake: Intake;
  private readonly end = new Subject<never>();
  private readonly slice: TimeSlice;
  private readonly notices: ReaderNotices;
  private readonly solitude: Solitude;
  private readonly gate: KeyGate | undefined;
  private pause: Subscription | undefined;
  private deadline: Subscription | undefined;
  private pumping = false;
  private ticking = false;
  private readonly patience: Patience;
  private rejoins = 0;

  constructor(
    private readonly options: ReaderOptions,
    private readonly subscriber: Subscriber<Delivery>,
  ) {
    const { store, group, scheduler, ordered = false } = options;
    this.name = group.pattern;
    this.place = { store, stream: group.stream };
    this.patience = new Patience(options.reconnect, scheduler);
    this.notices = new ReaderNotices(group, options.overdueMs, options.notify);
    this.credit = new Credit(options.credit);
    this.slice = new TimeSlice(SLICE_MS, scheduler, () => this.pump());
    this.solitude = new Solitude({
      place: store,
      attempts: options.attempts,
      idle: () => this.idle,
      cancel: () => this.intake.cancel(),
      giveBack: (entry) => this.hands.giveBack(entry),
      moved: () => this.tick(),
    });
    this.gate = ordered ? new KeyGate(this.gatePort(), scheduler) : undefined;
    this.keptBack = new KeptBack({
      credit: this.credit,
      gate: this.gate,
      alone: () => !this.solitude.ordinary,
      draining: () => this.phase === 'draining',
      quiet: () => !this.pumping && this.outbox.size === 0 && this.intake.empty,
    });
    this.hands = new Hands(options, {
      origin: this,
      credit: this.credit,
      keptBack: this.keptBack,
      solitude: this.solitude,
      gate: this.gate,
      wanted: () => this.wanted,
      next: (delivery) => subscriber.next(delivery),
      tell: (settlement) => this.outbox.add(settlement),
      moved: () => this.tick(),
    });
    this.membership = new Membership(options, {
      entered: (member) => this.entered(member),
      owned: () => this.stepAside(),
      renewing: () => this.notices.overdue(this.hands.duties(), scheduler.now()),
      renewed: () => this.tick(),
      refused: (error) => this.trouble(error),
      failed: (error) => subscriber.error(error),
    });
    this.intake = new Intake(this.credit, {
      take: (credit) => store.take(this.request(credit)),
      taken: (taken) => this.taken(taken),
      failed: (error) => this.trouble(error),
    });
    this.outbox = new Outbox(
      {
        send: (batch) => {
          const settling = store.settle(this.membership.member, batch);
          return this.gate ? this.gate.watch(settling, batch) : settling;
        },
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

  /** Whether it is a member of its group. */
  get member(): boolean {
    return this.phase === 'reading' || this.phase === 'draining';
  }

  /** Changes its credit; what is out beyond that stays out. */
  limit(credit: PerPriority<number>): void {
    this.credit.limit(credit);
    this.tick();
  }

  /** Completes once the reader has left its group. */
  ended(): Observable<never> {
    return this.end;
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
    this.solitude.end();
    this.pause?.unsubscribe();
    this.intake.cancel();
    for (const entry of this.intake.collect()) this.hands.put(entry, RELEASE);
    if (this.gate) this.shut(this.gate);
    this.deadline?.unsubscribe();
    this.deadline = timer(withinMs, this.options.scheduler).subscribe(() => this.giveBack(withinMs));
    this.tick();
  }

  settle(duty: RootDuty, verdict: Verdict): Outcome | undefined {
    return this.hands.settle(duty, verdict);
  }

  hold(duty: RootDuty, holder: Holder): void {
    this.keptBack.hold(duty, holder);
  }

  letGo(duty: RootDuty): void {
    this.keptBack.letGo(duty);
  }

  creditFor(duty: RootDuty): number {
    const { credit, sourceCredit = credit } = this.options;
    return duty instanceof EntryDuty ? sourceCredit[duty.priority] : Infinity;
  }

  flushed(): Observable<never> {
    this.hands.flush(true);
    // Whoever waits for the last of them may end the process, and others wait for the place. Soon: who asks because its
    // source is to end has not ended it yet.
    const left = defer(() => (this.leaving ? this.end : EMPTY)).pipe(subscribeOn(asapScheduler));
    return concat(this.outbox.idle(), left);
  }

  states(): readonly SourceState[] {
    const { scheduler, group } = this.options;
    const { stream, group: name, pattern } = group;
    return [
      {
        stream,
        group: name,
        pattern,
        reading: this.phase === 'reading',
        inHand: this.hands.size,
        untold: this.outbox.size,
        unsettled: unsettledByStage(this.hands.duties(), scheduler.now()),
      },
    ];
  }

  /** Every entry, or message of a record batch, that was received and that the store does not know to be settled. */
  private *known(): Generator<HeldRef> {
    yield* this.hands.held();
    // Whichever attempt: the store may have counted the next one and its answer is still to come.
    for (const { priority, id } of this.gate?.entries() ?? []) yield { priority, id };
    for (const entry of this.intake.entries) yield* heldWith(entry);
    for (const settlement of this.outbox) yield* heldUntil(settlement);
  }

  private request(credit: PerPriority<number>): TakeRequest {
    const waitMs = this.solitude.ordinary ? this.options.waitMs : 0;
    return { member: this.membership.member, credit, waitMs, inHand: () => this.known() };
  }

  /** Whether nothing is in hand and the store knows what was settled. */
  private get idle(): boolean {
    if (this.hands.size > 0 || this.outbox.size > 0 || !this.intake.empty) return false;
    const { gate } = this;
    return gate === undefined || (gate.idle && PRIORITIES.every((priority) => gate.kept(priority) === 0));
  }

  /** Whether it is on its way out of the group, or has left: nothing is out any more that it would wait for. */
  private get leaving(): boolean {
    return this.phase === 'ended' || (this.phase === 'draining' && this.hands.size === 0);
  }

  private entered(member: Member): void {
    this.hands.begin(member);
    this.phase = 'reading';
    this.pump();
  }

  private taken({ entries, lost }: Taken): void {
    this.patience.mended();
    this.rejoins = 0;
    if (lost.length > 0) this.notices.lost(lost);
    if (entries.length === 0) this.solitude.nothing();
    if (entries.length > 0 || !this.pumping) this.pump();
  }

  /** Takes and hands on, by turns, until there is nothing to hand on; the next take is under way meanwhile. */
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    while (this.wanted && this.slice.open && this.mayHandOn) {
      this.hands.flush();
      this.outbox.flush();
      const taken = this.solitude.screen(this.intake.collect());
      const entries = this.gate ? this.gate.admit(taken) : taken;
      if (entries.length === 0 || this.solitude.ordinary) this.ask();
      if (entries.length === 0 && this.intake.empty) break;
      this.hands.handOn(entries);
    }
    this.pumping = false;
    if (this.gate || !this.solitude.ordinary) this.keptBack.check();
  }

  private ask(): void {
    if (this.solitude.ordinary) {
      if (this.outbox.size <= this.credit.total) this.intake.ask();
      return;
    }
    const one = this.solitude.next();
    if (one) this.intake.ask(perPriority((priority) => (priority === one ? 1 : 0)));
  }

  /**
   * Whether what is handed on reaches anyone. A store that answers at once has it hand on before its start has returned,
   * and a subscriber that goes meanwhile drains it only then.
   */
  private get wanted(): boolean {
    return this.phase === 'reading' && !this.subscriber.closed;
  }

  /** Nothing goes out that may be another's by now: a process that stood still learns of it first. */
  private get mayHandOn(): boolean {
    return this.membership.sure;
  }

  /** Soon: sends what was settled, takes for the credit that came back, ends if that was the last. */
  private tick(): void {
    if (this.ticking) return;
    this.ticking = true;
    asapScheduler.schedule(() => {
      this.ticking = false;
      this.hands.flush();
      this.outbox.flush();
      if (this.phase === 'reading' && ((this.solitude.ordinary && this.intake.reconsider()) || !this.pumping))
        this.pump();
      if (this.phase === 'draining') this.drained();
    });
  }

  private drained(): void {
    for (const entry of this.gate?.admit([]) ?? []) this.hands.put(entry, RELEASE);
    if (this.hands.size === 0 && this.outbox.size === 0 && (this.gate?.idle ?? true)) this.leave();
  }

  /** What the store refuses: rejoins where that mends it, tries again where time does, else ends the source. */
  private trouble(error: Error): void {
    if (this.phase !== 'reading') return;
    if (isMembershipLost(error)) return this.rejoin(error);
    this.pause?.unsubscribe();
    const wait = this.patience.failed(error, () => this.notices.retrying(error));
    this.pause = wait.subscribe({ next: () => this.pump(), error: (cause) => this.subscriber.error(cause) });
  }

  private rejoin(error: Error): void {
    this.notices.rejoining(error, this.hands.size);
    this.phase = 'entering';
    this.solitude.end();
    this.intake.cancel();
    for (const entry of this.intake.collect()) this.credit.give(entry.priority, sizeOf(entry));
    for (const entry of this.gate?.clear() ?? []) this.credit.give(entry.priority);
    this.hands.drop();
    this.outbox.startAnew(error);
    this.rejoins += 1;
    // Once at once; what loses its place before it has read anything would spin.
    this.membership.enter(this.rejoins === 1 ? 0 : backoffMs(this.rejoins - 1, this.options.reconnect));
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
    const duties = [...this.hands.duties()];
    this.notices.givenBack(duties, withinMs);
    for (const duty of duties) duty.settle(RELEASE);
    this.gate?.clear();
    this.deadline = timer(LAST_FLUSH_MS, this.options.scheduler).subscribe(() =>
      this.outbox.clear(new StoreUnavailableError('the store did not take the last settlements in time')),
    );
  }

  private gatePort(): KeyGatePort {
    return {
      again: (entries) => this.options.store.again(this.membership.member, entries),
      failed: (error) => this.settleAgain(error),
      gone: (entries) => {
        this.notices.lost(entries);
        for (const entry of entries) this.credit.give(entry.priority);
      },
      moved: () => this.tick(),
    };
  }

  /** Gives back what its gate keeps in hand. */
  private shut(gate: KeyGate): void {
    const { waiting, failed } = gate.close();
    for (const entry of waiting) this.hands.put(entry, RELEASE);
    for (const entry of failed) this.hands.put(entry, AT_ONCE);
    this.keptBack.check();
  }

  /** Another is the only consumer: this one ends. */
  private stepAside(): void {
    this.phase = 'ended';
    this.solitude.end();
    this.pause?.unsubscribe();
    this.deadline?.unsubscribe();
    this.hands.stop();
    this.end.complete();
    this.subscriber.complete();
  }

  private leave(): void {
    this.phase = 'ended';
    this.deadline?.unsubscribe();
    this.hands.stop();
    const done = () => this.end.complete();
    this.membership.leave().subscribe({ complete: done, error: done });
  }
}

function isMembershipLost(error: Error): error is FencedError | NoGroupError {
  return error instanceof FencedError || error instanceof NoGroupError;
}
