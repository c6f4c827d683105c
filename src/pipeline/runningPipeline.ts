import {
  asyncScheduler,
  concat,
  firstValueFrom,
  type MonoTypeOperatorFunction,
  type Observable,
  pipe,
  ReplaySubject,
  type SchedulerLike,
  Subscription,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import { Delivery } from '../core/delivery.ts';
import { InvalidOptionError, toError } from '../core/errors.ts';
import type { Notice, Notify } from '../core/notice.ts';
import { StoreClosedError } from '../core/storeErrors.ts';
import { LONGEST_MS } from '../internal/longestMs.ts';
import { emitNotice } from '../telemetry/emitNotice.ts';
import { type InHand, Ledger } from './ledger.ts';
import { Probation } from './probation.ts';
import type { RunCounts, RunOptions, RunState, StopOptions, StopReport } from './run.ts';
import { supervise } from './supervise.ts';

/** Applies a pipeline's stages to its source, whose deliveries first pass the entrance, then what is between stages. */
export type Assemble = (
  entrance: MonoTypeOperatorFunction<Delivery>,
  between: () => MonoTypeOperatorFunction<unknown>,
) => Observable<unknown>;

/** How long stages may take to complete once everything is settled, in ms. */
const LINGER_MS = 1_000;

/** How long the stores may take to learn what was given back at the deadline, in ms. */
const LAST_TELL_MS = 1_000;

/**
 * A pipeline that runs, until its source completes or it is stopped.
 *
 * | state               | event                                   | next       |
 * |---------------------|-----------------------------------------|------------|
 * | running             | the flow fails                          | restarting |
 * | running             | it fails for good                       | failed     |
 * | restarting          | the wait is over                        | running    |
 * | restarting          | the bus is closed meanwhile             | stopped    |
 * | running             | the source ends, all is settled         | completed  |
 * | running, restarting | stop()                                  | stopping   |
 * | stopping            | all is settled, or the deadline         | stopped    |
 */
export class RunningPipeline implements AsyncDisposable {
  /** Resolves when it has completed or stopped; rejects with the error when it has failed for good. */
  readonly done: Promise<StopReport>;
  private phase: RunState = 'running';
  private restarts = 0;
  private receivedBefore = 0;
  private left: readonly InHand[] = [];
  /** Whether the deadline of its stop has passed. */
  private late = false;
  private readonly ledger: Ledger;
  private readonly probation: Probation;
  private readonly scheduler: SchedulerLike;
  private readonly notify: Notify;
  private readonly stopAsked = new ReplaySubject<void>(1);
  private readonly ended = new ReplaySubject<StopReport>(1);
  private dry = new Subscription();
  private readonly deadline = new Subscription();
  private readonly flow = new Subscription();

  /** Starts it. */
  static start(name: string, assemble: Assemble, options: RunOptions): RunningPipeline {
    const running = new RunningPipeline(name, assemble, options);
    running.begin(options.restart);
    return running;
  }

  private constructor(
    readonly name: string,
    private readonly assemble: Assemble,
    { notify = emitNotice, scheduler = asyncScheduler }: RunOptions,
  ) {
    this.notify = notify;
    this.scheduler = scheduler;
    this.ledger = new Ledger(scheduler);
    this.probation = new Probation(scheduler);
    this.done = firstValueFrom(this.ended);
    // A failure goes to `notify`; that nobody awaits `done` is no reason to end the process.
    this.done.catch(() => undefined);
  }

  get state(): RunState {
    return this.phase;
  }

  get counts(): RunCounts {
    return { received: this.ledger.received, settled: { ...this.ledger.counts }, restarts: this.restarts };
  }

  /** What is unsettled now, by the stage that had it last. */
  inHand(): readonly InHand[] {
    return this.ledger.inHand();
  }

  /**
   * Reads no more, lets the stages finish what they hold, and waits until everything is settled and the stores know. At
   * the deadline the rest is given back, which the stores have a second to learn. Never rejects; a second call waits for
   * the first.
   *
   * @throws {InvalidOptionError} if `deadlineMs` is no time
   */
  stop(options: StopOptions = {}): Promise<StopReport> {
    const { deadlineMs = 30_000 } = options;
    if (!(deadlineMs >= 0 && deadlineMs <= LONGEST_MS)) {
      throw new InvalidOptionError('deadlineMs', deadlineMs, `a number of ms from 0 to ${LONGEST_MS}`);
    }
    if (this.phase === 'running' || this.phase === 'restarting') {
      this.phase = 'stopping';
      this.deadline.add(timer(deadlineMs, this.scheduler).subscribe(() => this.giveUp(deadlineMs)));
      this.stopAsked.next();
      this.ledger.drain(deadlineMs);
    }
    return this.done.catch(() => ({ drained: false, left: this.left }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private begin(restart: RunOptions['restart']): void {
    const entrance = pipe(
      takeUntil<Delivery>(this.stopAsked),
      this.probation.gate(),
      this.ledger.track(),
      tap<Delivery>({ complete: () => this.runDry() }),
    );
    const supervised = {
      flow: () => this.assemble(entrance, () => this.ledger.pass()).pipe(tap(acknowledge)),
      stop: this.stopAsked,
      scheduler: this.scheduler,
      started: () => this.started(),
      failed: (error: Error) => this.failed(error),
      torn: () => this.torn(),
      restarting: (error: Error, restart: number, waitMs: number) => this.restarting(error, restart, waitMs),
    };
    const flow = supervise(supervised, restart).subscribe({
      error: (cause) => this.fail(toError(cause)),
      complete: () => this.settleDown(),
    });
    this.flow.add(flow);
  }

  private started(): void {
    if (this.phase === 'restarting') this.phase = 'running';
  }

  private restarting(error: Error, restart: number, waitMs: number): boolean {
    if (this.phase === 'stopping') {
      this.tell('warn', 'PIPELINE_FAILED', `failed while it was stopping: ${error.message}`, error);
      return false;
    }
    this.phase = 'restarting';
    this.receivedBefore = this.ledger.received;
    this.dry.unsubscribe();
    this.dry = new Subscription();
    this.restarts += 1;
    this.tell('warn', 'PIPELINE_RESTART', `failed, restart ${restart} in ${waitMs} ms: ${error.message}`, error);
    return true;
  }

  private failed(error: Error): void {
    if (this.ledger.blame(error)) return;
    for (const suspect of this.probation.failed(this.ledger.size)) suspect.fail(error);
  }

  private torn(): void {
    if (this.phase === 'stopping') this.left = this.ledger.inHand();
    this.ledger.release();
    this.ledger.retire();
  }

  /**
   * The source has ended. If it gives back what the stages still hold, because its bus is closed and the deadline has
   * passed, they have nothing left that matters: a stage that does not complete then, such as a handler that hangs, is
   * not waited for.
   */
  private runDry(): void {
    const released = this.ledger.counts.release;
    this.dry.add(
      concat(this.ledger.drained(), timer(LINGER_MS, this.scheduler)).subscribe({
        next: () => {
          if (this.ledger.counts.release === released) return;
          this.flow.unsubscribe();
          this.finish(false);
        },
        error: () => undefined,
      }),
    );
  }

  private settleDown(): void {
    this.ledger.drained().subscribe({
      complete: () => this.finish(!this.late && this.left.length === 0),
      error: () => this.finish(false),
    });
  }

  private giveUp(deadlineMs: number): void {
    this.late = true;
    this.left = this.ledger.inHand();
    const where = this.left.map(({ stage = 'no stage', count }) => `${count} in ${stage}`).join(', ');
    this.tell('warn', 'PIPELINE_UNDRAINED', `not drained within ${deadlineMs} ms; given back: ${where || 'nothing'}`);
    this.flow.unsubscribe();
    this.ledger.release();
    // Who ends the process next must not take what was given back with it: others would wait for the lease.
    const over = () => this.finish(false);
    this.deadline.add(
      this.ledger
        .drained()
        .pipe(takeUntil(timer(LAST_TELL_MS, this.scheduler)))
        .subscribe({ complete: over, error: over }),
    );
  }

  private finish(drained: boolean): void {
    if (this.phase === 'stopped' || this.phase === 'completed') return;
    this.phase = this.phase === 'stopping' ? 'stopped' : 'completed';
    this.deadline.unsubscribe();
    this.dry.unsubscribe();
    this.ended.next({ drained, left: this.left });
  }

  private fail(error: Error): void {
    if (error instanceof StoreClosedError && this.justRestarted) return this.closed();
    this.phase = 'failed';
    this.deadline.unsubscribe();
    this.dry.unsubscribe();
    this.tell('error', 'PIPELINE_FAILED', `failed for good: ${error.message}`, error);
    this.ended.error(error);
  }

  private get justRestarted(): boolean {
    return this.restarts > 0 && this.ledger.received === this.receivedBefore;
  }

  /** Its bus was closed while it waited for its restart: nothing was in hand. */
  private closed(): void {
    this.phase = 'stopping';
    this.finish(true);
  }

  private tell(level: Notice['level'], code: string, text: string, error?: Error): void {
    const message = `pipeline '${this.name}' ${text}`;
    try {
      this.notify(error ? { level, code, message, error } : { level, code, message });
    } catch (cause) {
      // Whoever is told must not keep a pipeline from stopping.
      emitNotice({ level: 'error', code: 'NOTIFY_FAILED', message, error: toError(cause) });
    }
  }
}

function acknowledge(value: unknown): void {
  if (value instanceof Delivery) value.ack();
}
