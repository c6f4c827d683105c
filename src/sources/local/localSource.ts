import { EMPTY, type Observable, type SchedulerLike, type Subscriber, Subscription, timer } from 'rxjs';
import { Delivery } from '../../core/delivery.ts';
import { type Holder, type Origin, RootDuty } from '../../core/duty.ts';
import { toError } from '../../core/errors.ts';
import type { Message } from '../../core/message.ts';
import type { Outcome, Verdict } from '../../core/outcome.ts';
import { Fifo } from '../../internal/fifo.ts';
import { LONGEST_MS } from '../../internal/longestMs.ts';
import { endProcessing, type Processing, processingSource, startProcessing } from '../../telemetry/consumerSpan.ts';
import type { Judge } from '../failurePolicy.ts';
import { HeldBack } from '../heldBack.ts';
import type { Demand, LocalInput } from './localInput.ts';
import type { Rejection } from './rejections.ts';

export interface LocalSourceOptions<R, T> {
  readonly name: string;
  /** The most unsettled deliveries, those that wait for a retry included. */
  readonly credit: number;
  readonly judge: Judge;
  readonly scheduler: SchedulerLike;
  /** Makes a message; undefined for what is not to be given out. What it throws ends the source. */
  readonly message: (raw: R) => Message<T> | undefined;
  readonly rejected: (rejection: Rejection<T>) => void;
}

/** What is to be handed out. */
interface Due<T> {
  readonly message: Message<T>;
  readonly attempt: number;
}

/** The duty of one message at one hand-out. */
class LocalDuty<T> extends RootDuty implements Due<T> {
  constructor(
    origin: Origin,
    readonly message: Message<T>,
    readonly attempt: number,
    readonly processing: Processing,
  ) {
    super(origin);
  }
}

/**
 * The engine of sources without a store: takes from an input as credit allows and settles in memory.
 *
 * | an entry is | event            | next    | credit                                      |
 * |-------------|------------------|---------|---------------------------------------------|
 * | –           | taken            | out     | spent                                       |
 * | out         | ack, reject      | gone    | given back                                  |
 * | out         | retry, release   | waiting | kept: what waits is held here and so counts |
 * | waiting     | its delay is over | out    | kept                                        |
 * | any         | unsubscribed     | gone    | –                                           |
 *
 * The input's end, or its error, is passed on once nothing is out or waiting.
 */
export class LocalSource<R, T> implements Origin, Demand {
  readonly name: string;
  private readonly due = new Fifo<Due<T>>();
  private readonly waits = new Subscription();
  private readonly heldBack: HeldBack;
  private readonly spans: ReturnType<typeof processingSource>;
  private unsettled = 0;
  private end: (() => void) | undefined;
  private pumping = false;
  private wanted = false;

  constructor(
    private readonly options: LocalSourceOptions<R, T>,
    private readonly input: LocalInput<R>,
    private readonly subscriber: Subscriber<Delivery<T>>,
  ) {
    this.name = options.name;
    this.heldBack = new HeldBack((count) => count >= this.unsettled && (this.end !== undefined || this.free() === 0));
    this.spans = processingSource({ system: 'sluice', pattern: this.name, stream: this.name });
  }

  /** Reads until the subscriber is gone; what is out then may still settle. */
  start(): void {
    this.subscriber.add(() => this.stop());
    try {
      this.input.open(this);
    } catch (cause) {
      this.fail(cause);
    }
    this.ready();
  }

  creditFor(): number {
    return this.options.credit;
  }

  free(): number {
    return this.options.credit - this.unsettled;
  }

  /** Settlement gives credit back, credit takes, taking emits, and emission may settle at once: hence a loop. */
  ready(): void {
    this.wanted = true;
    if (this.pumping) return;
    this.pumping = true;
    while (this.wanted && !this.subscriber.closed) {
      this.wanted = false;
      if (this.step()) this.wanted = true;
      else if (!this.wanted) this.rest();
    }
    this.pumping = false;
  }

  settle(duty: RootDuty, verdict: Verdict): Outcome | undefined {
    if (!(duty instanceof LocalDuty)) return undefined;
    const outcome = this.judge(verdict, duty.attempt);
    endProcessing(duty.processing.span, outcome);
    this.heldBack.settled(duty);
    this.carryOut(outcome, duty);
    return outcome;
  }

  hold(duty: RootDuty, holder: Holder): void {
    this.heldBack.hold(duty, holder);
  }

  letGo(duty: RootDuty): void {
    this.heldBack.letGo(duty);
  }

  flushed(): Observable<never> {
    return EMPTY;
  }

  /** Gives out one delivery, or passes over one value. False when there is nothing to do now. */
  private step(): boolean {
    const due = this.due.shift();
    if (due) {
      this.handOut(due);
      return true;
    }
    return !this.end && this.free() > 0 && this.takeOne();
  }

  private takeOne(): boolean {
    try {
      const taken = this.input.take();
      if (!taken) return false;
      if (taken.done) this.end = () => this.subscriber.complete();
      else this.accept(this.options.message(taken.value));
    } catch (cause) {
      this.fail(cause);
    }
    return true;
  }

  private accept(message: Message<T> | undefined): void {
    if (!message) return;
    this.unsettled += 1;
    this.handOut({ message, attempt: 1 });
  }

  private handOut({ message, attempt }: Due<T>): void {
    const processing = startProcessing(this.spans, message, attempt);
    const duty = new LocalDuty(this, message, attempt, processing);
    this.subscriber.next(new Delivery(message, attempt, duty, processing.context));
  }

  private carryOut(outcome: Outcome, duty: LocalDuty<T>): void {
    if (outcome.kind === 'retry') return this.again(duty, duty.attempt + 1, outcome.delayMs);
    if (outcome.kind === 'release') return this.again(duty, duty.attempt, 0);
    if (outcome.kind === 'reject') this.reject(duty, outcome.error);
    this.unsettled -= 1;
    this.input.settled?.();
    this.ready();
  }

  private again({ message }: LocalDuty<T>, attempt: number, delayMs: number): void {
    // By the scheduler even without a delay: whoever releases at once would keep the loop for ever.
    const wait = timer(Math.min(delayMs, LONGEST_MS), this.options.scheduler).subscribe(() => {
      this.due.push({ message, attempt });
      this.ready();
    });
    this.waits.add(wait);
  }

  private reject({ message, attempt, stage }: LocalDuty<T>, error: Error): void {
    const { topic, id, data } = message;
    const where = stage === undefined ? '' : `, in stage '${stage}'`;
    this.options.rejected({ data, error, what: `'${id}' on topic '${topic}' at attempt ${attempt}${where}` });
  }

  private judge(verdict: Verdict, attempt: number): Outcome {
    try {
      return this.options.judge(verdict, attempt);
    } catch (cause) {
      return { kind: 'reject', error: toError(cause) };
    }
  }

  private rest(): void {
    if (this.end && this.unsettled === 0) return this.end();
    this.heldBack.check();
  }

  private fail(cause: unknown): void {
    this.end = () => this.subscriber.error(cause);
    this.input.close();
  }

  private stop(): void {
    this.waits.unsubscribe();
    this.due.clear();
    this.input.close();
  }
}
