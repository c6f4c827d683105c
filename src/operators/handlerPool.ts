import type { Subscriber } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { HandlerRun, type HandlerSetup } from './handlerRun.ts';
import { passOn } from './passOn.ts';
import { TieredQueue } from './tieredQueue.ts';

/**
 * Runs a handler over deliveries, so many at once; the others wait, the most urgent tier first.
 *
 * Handlers start, and results are passed on, in one loop only: whatever comes in while it runs (a settlement makes the
 * source emit again) waits for its turn, so that no depth of the stack grows with the number of deliveries.
 */
export class HandlerPool {
  private readonly waiting = new TieredQueue<HandlerRun>();
  private readonly running = new Set<HandlerRun>();
  private readonly setup: HandlerSetup;
  private starting: HandlerRun | undefined;
  private looping = false;
  private finishing = false;

  constructor(
    private readonly concurrency: number,
    setup: Omit<HandlerSetup, 'ended'>,
    private readonly subscriber: Subscriber<Delivery>,
  ) {
    this.setup = { ...setup, ended: (run) => this.ended(run) };
  }

  take(delivery: Delivery): void {
    this.waiting.push(new HandlerRun(delivery, this.setup), delivery.message.priority);
    this.loop();
  }

  /** Completes once everything has been handled. */
  finish(): void {
    this.finishing = true;
    this.loop();
  }

  /** Gives back what is not passed on yet. */
  stop(): void {
    this.starting?.giveBack();
    for (const run of this.running) run.giveBack();
    this.running.clear();
    for (let run = this.waiting.shift(); run; run = this.waiting.shift()) run.giveBack();
  }

  private loop(ended?: HandlerRun): void {
    if (this.looping) return;
    this.looping = true;
    try {
      if (ended) this.conclude(ended);
      while (this.waiting.size > 0 && this.running.size < this.concurrency && !this.subscriber.closed) {
        this.start(this.waiting.shift() as HandlerRun);
      }
    } finally {
      this.looping = false;
    }
    if (this.finishing && this.running.size === 0 && this.waiting.size === 0) this.subscriber.complete();
  }

  private start(run: HandlerRun): void {
    if (run.lost) return;
    this.starting = run;
    run.start();
    this.starting = undefined;
    if (!run.over) this.running.add(run);
  }

  private ended(run: HandlerRun): void {
    this.running.delete(run);
    if (this.looping) this.conclude(run);
    else this.loop(run);
  }

  private conclude(run: HandlerRun): void {
    const delivery = run.conclude();
    if (delivery) passOn(this.subscriber, delivery);
  }
}
