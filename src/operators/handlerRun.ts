import { from, isObservable, type ObservableInput, type SchedulerLike, Subscription, take } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { callWithin } from '../telemetry/callWithin.ts';
import { HandlerAnsweredTwiceError } from './handlerAnsweredTwiceError.ts';
import { HandlerScope } from './handlerScope.ts';
import { HandlerTimeoutError } from './handlerTimeoutError.ts';

/** How a handler is to be run, and who waits for its end. */
export interface HandlerSetup {
  readonly handler: (data: unknown, scope: HandlerScope<unknown>) => unknown;
  readonly timeoutMs: number | undefined;
  readonly scheduler: SchedulerLike;
  /** Called once for each start, at the end of a run that was not given back; `conclude` is still to be called. */
  readonly ended: (run: HandlerRun) => void;
}

/**
 * Takes a delivery through a handler; then another.
 *
 * | state   | event                            | next    | effect                                |
 * |---------|----------------------------------|---------|---------------------------------------|
 * | over    | start                            | running | the handler is called                 |
 * | running | an answer                        | over    | passed on, unless others settled it   |
 * | running | a throw, a rejection, an error   | over    | fail                                  |
 * | running | a second value of an Observable  | over    | reject                                |
 * | running | the timeout                      | over    | fail; the signal is aborted           |
 * | running | given back                       | over    | release; the signal is aborted        |
 * | running | settled by others                | running | the signal is aborted                 |
 * | over    | anything else                    | over    | none: what comes late is ignored      |
 *
 * It may start again unless it is spent: something could still call back, and would answer for the wrong delivery.
 */
export class HandlerRun {
  /** Whether it must not start again. */
  spent = false;
  private isOver = true;
  private delivery!: Delivery;
  private scope: HandlerScope<unknown> | undefined = undefined;
  private answer: unknown = undefined;
  private settle: (() => void) | undefined = undefined;
  private waits: Subscription | undefined = undefined;

  constructor(private readonly setup: HandlerSetup) {}

  get over(): boolean {
    return this.isOver;
  }

  /** Calls the handler. */
  start(delivery: Delivery): void {
    this.isOver = false;
    this.delivery = delivery;
    this.scope = new HandlerScope(delivery);
    try {
      const answer = callWithin(delivery.context, this.setup.handler, delivery.data, this.scope);
      if (typeof answer !== 'object' || answer === null) return this.answered(answer);
      if (isPromiseLike(answer)) this.await(answer);
      else if (isObservable(answer)) this.listen(answer);
      else return this.answered(answer);
    } catch (cause) {
      return this.failed(cause);
    }
    if (!this.isOver) this.limit();
  }

  /**
   * Settles what failed; what was answered comes back, to be passed on, unless it is lost.
   *
   * @param lost whether others have settled the delivery since it came
   */
  conclude(lost: (delivery: Delivery) => boolean): Delivery | undefined {
    const { delivery, answer, settle } = this;
    this.forget();
    if (settle) settle();
    else if (!lost(delivery)) return answer === undefined ? delivery : delivery.with(answer);
    return undefined;
  }

  /** Gives the delivery back to its source. */
  giveBack(): void {
    if (!this.end()) return;
    this.scope?.abort();
    this.delivery.release();
  }

  private readonly answered = (answer: unknown): void => {
    if (!this.end()) return;
    this.answer = answer;
    this.setup.ended(this);
  };

  private readonly failed = (cause: unknown): void => {
    const { delivery } = this;
    this.endWith(() => delivery.fail(cause));
  };

  private endWith(settle: () => void): void {
    if (!this.end()) return;
    this.settle = settle;
    this.setup.ended(this);
  }

  private end(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.scope?.end();
    this.waits?.unsubscribe();
    return true;
  }

  private forget(): void {
    this.delivery = undefined as never;
    this.scope = undefined;
    this.answer = undefined;
    this.settle = undefined;
    this.waits = undefined;
  }

  private await(answer: PromiseLike<unknown>): void {
    this.spent = true;
    // Also when the run is over by now: a rejection that nobody takes would end the process.
    if (isPlainPromise(answer)) answer.then(this.kept, this.broken);
    else answer.then(this.answered, this.failed);
  }

  // What a Promise of the language calls, it calls once: then nothing is left that could call back.
  private readonly kept = (answer: unknown): void => {
    this.spent = false;
    this.answered(answer);
  };

  private readonly broken = (cause: unknown): void => {
    this.spent = false;
    this.failed(cause);
  };

  private listen(answers: ObservableInput<unknown>): void {
    this.spent = true;
    const { delivery } = this;
    let answer: unknown;
    let count = 0;
    const next = (value: unknown): void => {
      answer = value;
      count += 1;
      if (count > 1) this.endWith(() => delivery.reject(new HandlerAnsweredTwiceError(delivery.message.id)));
    };
    const complete = (): void => this.answered(answer);
    // Two are enough to know; an Observable that emits for ever within `subscribe` could not be stopped otherwise.
    const atMostTwo = from(answers).pipe(take(2));
    const subscribe = (): void => this.until(atMostTwo.subscribe({ next, error: this.failed, complete }));
    callWithin(delivery.context, subscribe, undefined, undefined);
  }

  private limit(): void {
    const { timeoutMs, scheduler } = this.setup;
    if (timeoutMs !== undefined) this.until(scheduler.schedule(() => this.timedOut(timeoutMs), timeoutMs));
  }

  private timedOut(timeoutMs: number): void {
    const { delivery, scope } = this;
    const error = new HandlerTimeoutError(timeoutMs, delivery.message.id);
    this.endWith(() => {
      scope?.abort(error);
      delivery.fail(error);
    });
  }

  /** Ends a subscription with this run. */
  private until(subscription: Subscription): void {
    if (this.isOver) return subscription.unsubscribe();
    this.waits ??= new Subscription();
    this.waits.add(subscription);
  }
}

function isPromiseLike(value: object): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown }).then === 'function';
}

function isPlainPromise(value: PromiseLike<unknown>): boolean {
  return value instanceof Promise && value.then === Promise.prototype.then;
}
