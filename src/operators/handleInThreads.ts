import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ResourceLimits } from 'node:worker_threads';
import { asyncScheduler, type Observable, type OperatorFunction, type SchedulerLike, type Subscriber } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError, toError } from '../core/errors.ts';
import type { Notice, Notify } from '../core/notice.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { emitNotice } from '../telemetry/emitNotice.ts';
import { checkCount } from './checkCount.ts';
import { checkFunction } from './checkFunction.ts';
import { checkMs } from './checkMs.ts';
import type { Handled } from './handle.ts';
import { HandlerPool } from './handlerPool.ts';
import type { HandlerScope } from './handlerScope.ts';
import { checkResourceLimits } from './threads/checkResourceLimits.ts';
import type { ThreadHealth } from './threads/threadHealth.ts';
import { ThreadPool, type ThreadPoolOptions } from './threads/threadPool.ts';
import type { ThreadContext } from './threads/threadTask.ts';

/** What a module exports for `handleInThreads`: returns its answer, or a Promise of it. */
export type ThreadHandler<T = never, A = unknown> = (data: T, context: ThreadContext<T>) => A;

/** The data of the deliveries that come out. */
type Answered<H extends ThreadHandler> = Handled<Parameters<H>[0], Awaited<ReturnType<H>>>;

/** A thread came up, or went down and is replaced. */
export interface ThreadEvent extends ThreadHealth {
  readonly kind: 'up' | 'down';
}

export interface HandleInThreadsOptions {
  /** How many threads, and so how many messages at once; a whole number from 1. @default one less than there are cores, at least 1 */
  readonly threads?: number;
  /** The handler's name among the exports of its module. @default 'default' */
  readonly name?: string;
  /** How long a handler may take to answer, in ms; then its thread is ended. @default no limit */
  readonly timeoutMs?: number;
  /** How much memory a thread may use: see `resourceLimits` of Node's `Worker`. @default Node's own limits */
  readonly resourceLimits?: ResourceLimits;
  /** Told of each thread that comes up or goes down. */
  readonly onThread?: (event: ThreadEvent) => void;
  /** Told of threads that ended, as a warning. @default `process.emitWarning` */
  readonly notify?: Notify;
  /** Whose time the timeout is. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Runs a handler on each delivery's data in threads of its own, for work that would keep the event loop busy: `handle`,
 * with a module in place of the function. The module's default export is the handler: `(data, context) => answer`.
 *
 *     source:                              -a-b-c---|
 *     handleInThreads(url, {threads: 2}):  -----AB-C|    a and b at once, each in its thread
 *
 * Data and answer are copied: functions, and what holds any, can't be passed. `context` has the message, the attempt and
 * the trace headers; there is no signal, since a thread that computes can't hear it: at the timeout, and when the
 * pipeline is torn down, the thread itself is ended.
 *
 * Order: what waits starts by tier, and comes out as it is done; with one thread, as it came. Memory: what waits for its
 * turn is bounded by the source's credit. The threads live as long as the subscription.
 *
 * Settlement: as `handle`. A throw or a rejection fails the delivery, a `PermanentError` for good; a timeout fails it
 * with `HandlerTimeoutError`. A thread that ends by itself (`process.exit`, an uncaught error, no memory left) fails the
 * one delivery that it had with `ThreadDiedError` and is replaced; a message that ends its thread each time becomes a
 * dead letter by the failure policy. What can't be copied is rejected with `NotCloneableError`.
 *
 * Errors: with `ThreadModuleError`, for good, when the module can't be loaded or exports no handler; everything in hand
 * is given back.
 *
 * @param module its URL, best as `new URL('./price.js', import.meta.url)`, or its path from the working directory
 * @example
 * bus.from('options.*', { group: 'pricing' }).pipe(
 *   handleInThreads(new URL('./price.js', import.meta.url), { timeoutMs: 5_000 }),
 * );
 *
 * @throws {InvalidOptionError} if the module is no URL or path, threads no whole number from 1, timeoutMs no time, or
 * a resource limit is none, or less than a thread needs to start
 */
export function handleInThreads<H extends ThreadHandler = ThreadHandler<unknown>>(
  module: string | URL,
  options: HandleInThreadsOptions = {},
): OperatorFunction<Delivery<Parameters<H>[0]>, Delivery<Answered<H>>> {
  const { timeoutMs, name = 'default', resourceLimits } = options;
  const { threads = Math.max(1, availableParallelism() - 1) } = options;
  check(module, threads, options);
  const pool = { module: urlOf(module), name, threads, resourceLimits };
  const operator = operate<Delivery, Delivery>((source, subscriber) => run(source, subscriber, pool, options));
  const attributes = { module: pool.module, threads, ...(timeoutMs !== undefined && { timeoutMs }) };
  return described(
    { kind: 'operator', name: 'handleInThreads', attributes },
    operator as OperatorFunction<Delivery<Parameters<H>[0]>, Delivery<Answered<H>>>,
  );
}

/** Runs a subscription; the result ends it. */
function run(
  source: Observable<Delivery>,
  subscriber: Subscriber<Delivery>,
  poolOptions: ThreadPoolOptions,
  options: HandleInThreadsOptions,
): () => void {
  const { timeoutMs, scheduler = asyncScheduler } = options;
  const tell = teller(options);
  const pool = new ThreadPool(poolOptions, {
    changed: (kind, health) => {
      handlers.limit = health.alive;
      tell({ kind, ...health });
    },
    failed: (error) => fail(error),
  });
  const handler = (_: unknown, scope: HandlerScope<unknown>) => pool.run(scope, scope.signal);
  // None at once while no thread is up: a handler's time is not to run while its thread starts.
  const handlers = new HandlerPool(0, { handler, timeoutMs, scheduler }, subscriber);
  // The threads first: they would start anew for each signal that is aborted.
  const stop = (): void => {
    pool.close();
    handlers.stop();
  };
  const fail = (cause: unknown): void => {
    stop();
    subscriber.error(cause);
  };
  pool.start();
  const complete = (): void => handlers.finish();
  feed(source, subscriber, { next: (delivery) => handlers.take(delivery), error: fail, complete });
  return stop;
}

function check(module: unknown, threads: number, options: HandleInThreadsOptions): void {
  if (!(module instanceof URL) && (typeof module !== 'string' || module === '')) {
    throw new InvalidOptionError('module', module, "a URL or a path of the handler's module");
  }
  checkCount('threads', threads);
  checkMs('timeoutMs', options.timeoutMs);
  const { name = 'default', resourceLimits, onThread, notify } = options;
  if (typeof name !== 'string' || name === '') throw new InvalidOptionError('name', name, 'the name of an export');
  checkResourceLimits(resourceLimits);
  if (onThread !== undefined) checkFunction('onThread', onThread);
  if (notify !== undefined) checkFunction('notify', notify);
}

function urlOf(module: string | URL): string {
  if (module instanceof URL) return module.href;
  return /^(file|data|node):/.test(module) ? module : pathToFileURL(resolve(module)).href;
}

/** Tells of threads; a throw of those who are told must not reach the threads. */
function teller({ onThread, notify = emitNotice }: HandleInThreadsOptions): (event: ThreadEvent) => void {
  return (event) => {
    try {
      onThread?.(event);
      if (event.kind === 'down') notify(wentDown(event));
    } catch (cause) {
      const error = toError(cause);
      const message = `onThread or notify threw: ${error.message}`;
      emitNotice({ level: 'error', code: 'NOTIFY_FAILED', message, error });
    }
  };
}

function wentDown({ module, alive, threads, replaced }: ThreadEvent): Notice {
  const message = `a thread of ${module} ended and is replaced (${replaced} so far); ${alive} of ${threads} are up`;
  return { level: 'warn', code: 'THREAD_REPLACED', message };
}
