import type { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { type Observable, type OperatorFunction, Subject, type Subscription } from 'rxjs';
import type { Delivery } from '../../../src/core/delivery.ts';
import type { Notice } from '../../../src/core/notice.ts';
import {
  type HandleInThreadsOptions,
  handleInThreads,
  type ThreadEvent,
} from '../../../src/operators/handleInThreads.ts';
import { threadHealth } from '../../../src/operators/threads/threadHealth.ts';
import { TestSource } from '../../../src/testing/testSource.ts';
import { eventually } from '../../support/eventually.ts';

export function moduleUrl(name: string): URL {
  return new URL(`./modules/${name}`, import.meta.url);
}

/** Deliveries through threads, one at a time or many, and what became of them. */
export class ThreadRun implements Disposable {
  readonly source = new TestSource();
  readonly seen: unknown[] = [];
  readonly events: ThreadEvent[] = [];
  readonly notices: Notice[] = [];
  error: unknown;
  completed = false;
  readonly subscription: Subscription;
  private readonly input = new Subject<Delivery<unknown>>();

  constructor(
    module: string | URL,
    options: HandleInThreadsOptions = {},
    around: (operator: OperatorFunction<Delivery, Delivery>) => OperatorFunction<Delivery, Delivery> = (same) => same,
  ) {
    const operator = handleInThreads(module, {
      threads: 1,
      onThread: (event) => this.events.push(event),
      notify: (notice) => this.notices.push(notice),
      ...options,
    });
    const output: Observable<Delivery> = this.input.pipe(around(operator as OperatorFunction<Delivery, Delivery>));
    this.subscription = output.subscribe({
      next: ({ data }) => this.seen.push(data),
      error: (error) => {
        this.error = error;
      },
      complete: () => {
        this.completed = true;
      },
    });
  }

  /** Gives deliveries in. */
  give(...data: readonly unknown[]): void {
    for (const each of data) this.input.next(this.source.deliver(each));
  }

  next(delivery: Delivery): void {
    this.input.next(delivery);
  }

  complete(): void {
    this.input.complete();
  }

  fail(error: Error): void {
    this.input.error(error);
  }

  /** Resolves once so many were answered or settled. */
  async done(count: number, withinMs = 15_000): Promise<void> {
    await eventually(() => this.seen.length + this.source.settlements.length >= count, { withinMs, everyMs: 5 });
  }

  /** The error of the verdict on this data. */
  errorOf(data: unknown): Error | undefined {
    const verdict = this.source.settlements.find((settlement) => settlement.data === data)?.verdict;
    return verdict && 'error' in verdict ? verdict.error : undefined;
  }

  [Symbol.dispose](): void {
    this.subscription.unsubscribe();
  }
}

/** Watches the threads of the process: after each test of the block, none is left, and none is said to be. */
export function everyThreadEnds(): void {
  const running = new Set<Worker>();
  const started = (worker: Worker): void => {
    running.add(worker);
    worker.once('exit', () => running.delete(worker));
  };
  before(() => {
    process.on('worker', started);
  });
  afterEach('every thread has ended', async () => {
    expect(threadHealth()).deep.equal([]);
    await eventually(() => running.size === 0);
  });
  after(() => {
    process.off('worker', started);
  });
}
