import type { Subscriber } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { Arrivals } from '../internal/arrivals.ts';
import { HandlerRun, type HandlerSetup } from './handlerRun.ts';
import { passOn } from './passOn.ts';
import { priorityRules } from './priorityOptions.ts';
import { TieredQueue } from './tieredQueue.ts';

/** Measures a pool. */
export interface PoolGauge {
  /** A delivery has come. */
  came(delivery: Delivery): void;
  /** So many run from now on. */
  runs(running: number): void;
}

/**
 * Runs a handler over deliveries, so many at once; the others wait, the most urgent tier first, and age.
 *
 * Handlers start, and results are passed on, in one loop only: whatever comes in while it runs (a settlement makes the
 * source emit again) waits for its turn, so that no depth of the stack grows with the number of deliveries.
 */
export class HandlerPool {
  /** Told of what comes and of how many run. */
  gauge: PoolGauge | undefined = undefined;
  private readonly waiting: TieredQueue<Delivery>;
  private readonly arrivals = new Arrivals<Delivery>();
  private readonly running = new Set<HandlerRun>();
  /** Runs that are over and may start again. */
  private readonly idle: HandlerRun[] = [];
  private readonly setup: HandlerSetup;
  private starting: HandlerRun | undefined;
  private looping = false;
  private finishing = false;

  constructor(
    private most: number,
    setup: Omit<HandlerSetup, 'ended'>,
    private readonly subscriber: Subscriber<Delivery>,
  ) {
    this.waiting = new TieredQueue(priorityRules({ scheduler: setup.scheduler }));
    this.setup = { ...setup, ended: (run) => this.ended(run) };
  }

  /** How many wait for their turn. */
  get waits(): number {
    return this.waiting.size;
  }

  /** How many handlers may run at once. More than that may run still when it has just been lowered. */
  get limit(): number {
    return this.most;
  }

  set limit(limit: number) {
    this.most = limit;
    if (!this.looping) this.loop(undefined);
  }

  take(delivery: Delivery): void {
    this.gauge?.came(delivery);
    this.arrivals.came(delivery);
    this.waiting.push(delivery, delivery.message.priority);
    if (!this.looping) this.loop(undefined);
  }

  /** Completes once everything has been handled. */
  finish(): void {
    this.finishing = true;
    if (!this.looping) this.loop(undefined);
  }

  /** Gives back what is not passed on yet. */
  stop(): void {
    this.starting?.giveBack();
    for (const run of this.running) run.giveBack();
    this.running.clear();
    for (let waits = this.waiting.shift(); waits; waits = this.waiting.shift()) waits.release();
  }

  private loop(ended: HandlerRun | undefined): void {
    this.looping = true;
    try {
      if (ended) this.conclude(ended);
      while (this.waiting.size > 0 && this.running.size < this.most && !this.subscriber.closed) {
        this.start(this.waiting.shift() as Delivery);
      }
    } finally {
      this.looping = false;
    }
    if (this.finishing && this.running.size === 0 && this.waiting.size === 0) this.subscriber.complete();
  }

  private start(delivery: Delivery): void {
    if (this.lost(delivery)) return;
    const run = this.idle.pop() ?? new HandlerRun(this.setup);
    this.starting = run;
    run.start(delivery);
    this.starting = undefined;
    if (run.over) return;
    this.running.add(run);
    this.gauge?.runs(this.running.size);
  }

  private ended(run: HandlerRun): void {
    if (this.running.delete(run)) this.gauge?.runs(this.running.size);
    if (this.looping) this.conclude(run);
    else this.loop(run);
  }

  private conclude(run: HandlerRun): void {
    const delivery = run.conclude(this.lost);
    if (!run.spent) this.idle.push(run);
    if (delivery) passOn(this.subscriber, delivery);
  }

  private readonly lost = (delivery: Delivery): boolean => this.arrivals.lost(delivery);
}
