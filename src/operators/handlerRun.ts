import { context } from '@opentelemetry/api';
import { from, isObservable, type ObservableInput, type SchedulerLike, Subscription, take } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { HandlerAnsweredTwiceError } from './handlerAnsweredTwiceError.ts';
import { HandlerScope } from './handlerScope.ts';
import { HandlerTimeoutError } from './handlerTimeoutError.ts';

/** How a handler is to be run, and who waits for its end. */
export interface HandlerSetup {
  readonly handler: (data: never, scope: HandlerScope<never>) => unknown;
  readonly timeoutMs: number | undefined;
  readonly scheduler: SchedulerLike;
  /** Called once, at the end of a run that was not given back; `conclude` is still to be called. */
  readonly ended: (run: HandlerRun) => void;
}

/**
 * One delivery on its way through a handler.
 *
 * | state   | event                            | next  | effect                                  |
 * |---------|----------------------------------|-------|-----------------------------------------|
 * | running | an answer                        | over  | passed on, unless others settled it     |
 * | running | a throw, a rejection, an error   | over  | fail                                    |
 * | running | a second value of an Observable  | over  | reject                                  |
 * | running | the timeout                      | over  | fail; the signal is aborted             |
 * | any     | given back                       | over  | release; the signal is aborted          |
 * | over    | anything                         | over  | none: what comes late is ignored        |
 */
export class HandlerRun {
  private isOver = false;
  private answer: unknown;
  private settle: (() => void) | undefined;
  private scope: HandlerScope<unknown> | undefined;
  private waits: Subscription | undefined;
  /** Settled before it came: nobody is owed anything, yet it is to be handled. */
  private readonly settledBefore: boolean;

  constructor(
    private readonly delivery: Delivery,
    private readonly setup: HandlerSetup,
  ) {
    this.settledBefore = delivery.settled;
  }

  get over(): boolean {
    return this.isOver;
  }

  /** Whether others have settled it since it came. */
  get lost(): boolean {
    return this.delivery.settled && !this.settledBefore;
  }

  /** Calls the handler. */
  start(): void {
    const { delivery, setup } = this;
    this.scope = new HandlerScope(delivery.message, delivery.attempt);
    try {
      const handler = setup.handler as (data: unknown, scope: HandlerScope<unknown>) => unknown;
      const answer = context.with(delivery.context, handler, undefined, delivery.data, this.scope);
      if (isPromiseLike(answer)) this.await(answer);
      else if (isObservable(answer)) this.listen(answer);
      else return this.answered(answer);
    } catch (cause) {
      return this.failed(cause);
    }
    if (!this.isOver) this.limit();
  }

  /** Settles what failed; what was answered comes back, to be passed on. */
  conclude(): Delivery | undefined {
    if (this.settle) this.settle();
    else if (!this.lost) return this.answer === undefined ? this.delivery : this.delivery.with(this.answer);
    return undefined;
  }

  /** Gives the delivery back to its source. */
  giveBack(): void {
    if (!this.end()) return;
    this.scope?.abort();
    this.delivery.release();
  }

  private answered(answer: unknown): void {
    if (!this.end()) return;
    this.answer = answer;
    this.setup.ended(this);
  }

  private failed(cause: unknown): void {
    this.endWith(() => this.delivery.fail(cause));
  }

  private endWith(settle: () => void): void {
    if (!this.end()) return;
    this.settle = settle;
    this.setup.ended(this);
  }

  private end(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.waits?.unsubscribe();
    return true;
  }

  private await(answer: PromiseLike<unknown>): void {
    // Also when the run is over by now: a rejection that nobody takes would end the process.
    answer.then(
      (value) => this.answered(value),
      (cause) => this.failed(cause),
    );
  }

  private listen(answers: ObservableInput<unknown>): void {
    let answer: unknown;
    let count = 0;
    const next = (value: unknown): void => {
      answer = value;
      count += 1;
      if (count > 1) this.endWith(() => this.delivery.reject(new HandlerAnsweredTwiceError(this.delivery.message.id)));
    };
    const complete = (): void => this.answered(answer);
    const error = (cause: unknown): void => this.failed(cause);
    // Two are enough to know; an Observable that emits for ever within `subscribe` could not be stopped otherwise.
    const atMostTwo = from(answers).pipe(take(2));
    context.with(this.delivery.context, () => this.until(atMostTwo.subscribe({ next, error, complete })));
  }

  private limit(): void {
    const { timeoutMs, scheduler } = this.setup;
    if (timeoutMs !== undefined) this.until(scheduler.schedule(() => this.timedOut(timeoutMs), timeoutMs));
  }

  private timedOut(timeoutMs: number): void {
    const error = new HandlerTimeoutError(timeoutMs, this.delivery.message.id);
    this.endWith(() => {
      this.scope?.abort(error);
      this.delivery.fail(error);
    });
  }

  /** Ends a subscription with this run. */
  private until(subscription: Subscription): void {
    if (this.isOver) return subscription.unsubscribe();
    this.waits ??= new Subscription();
    this.waits.add(subscription);
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
