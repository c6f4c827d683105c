import type { ResourceLimits } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { toError } from '../../core/errors.ts';
import { revive } from './carriedError.ts';
import { NotCloneableError } from './notCloneableError.ts';
import { ThreadDiedError } from './threadDiedError.ts';
import { LOAD, type ThreadAnswer, type ThreadSetup, type ThreadTask } from './threadTask.ts';
import { whyEnded } from './whyEnded.ts';

type Run = typeof import('./threadWorker.ts').default;

/** The file that runs in threads: of the same kind as this one, compiled or not. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './threadWorker.ts' : './threadWorker.js', import.meta.url);

export interface HandlerThreadOptions extends ThreadSetup {
  readonly resourceLimits: ResourceLimits | undefined;
}

/** Who is told of a thread. */
export interface ThreadWatch {
  /** It has loaded the module and takes tasks. */
  up(thread: HandlerThread): void;
  /** It is no more; another one takes its place. */
  down(thread: HandlerThread): void;
  /** It can't load the module. */
  unloadable(error: Error): void;
}

/**
 * One thread, and after it the one that takes its place.
 *
 * | state   | event                        | next    | effect                                |
 * |---------|------------------------------|---------|---------------------------------------|
 * | loading | the module is loaded         | up      | told                                  |
 * | loading | it can't be, or it ends      | –       | told: nothing can be run              |
 * | up      | it ends, or is ended         | loading | told; a new one loads                 |
 * | any     | close()                      | closed  | what runs is ended                    |
 *
 * A Piscina of one each: one of many would not say which of them ended, nor when the next has loaded the module; what is
 * given to a thread that still loads would spend its time limit on that.
 */
export class HandlerThread {
  private readonly piscina: Piscina<Parameters<Run>[0], ThreadAnswer>;
  private state: 'loading' | 'up' | 'closed' = 'loading';
  /** Counts the threads that have had this place. */
  private incarnations = 1;

  constructor(
    Pool: typeof Piscina,
    { module, name, resourceLimits }: HandlerThreadOptions,
    private readonly watch: ThreadWatch,
  ) {
    this.piscina = new Pool({
      filename: WORKER.href,
      workerData: { module, name } satisfies ThreadSetup,
      minThreads: 1,
      maxThreads: 1,
      recordTiming: false,
      // Else a thread that waits for its next task sleeps, and its own timers with it.
      atomics: 'disabled',
      ...(resourceLimits && { resourceLimits }),
    });
    this.piscina.on('workerDestroy', () => this.lost());
    // An error that ends a thread while it has nothing to do: that it ended is told by the event above.
    this.piscina.on('error', () => undefined);
    this.load();
  }

  get isUp(): boolean {
    return this.state === 'up';
  }

  /** Which of the threads that have had this place it is. */
  get incarnation(): number {
    return this.incarnations;
  }

  /** Has a task done; aborting ends the thread. Rejects with `ThreadDiedError` or `NotCloneableError`. */
  async run(task: ThreadTask, signal: AbortSignal): Promise<ThreadAnswer> {
    const { incarnation } = this;
    try {
      return await this.piscina.run(task, { signal });
    } catch (cause) {
      const error = toError(cause);
      const { id } = task.message;
      // The port refuses what can't be cloned before the thread hears of it.
      if (incarnation === this.incarnation) throw new NotCloneableError('data', error, id);
      throw new ThreadDiedError(error, id);
    }
  }

  /** Ends the thread and whatever it does. */
  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    void this.piscina.destroy();
  }

  private load(): void {
    this.piscina.run(LOAD).then(
      (answer) => this.loaded(answer),
      (cause) => this.unloadable(new Error(whyEnded(toError(cause)), { cause })),
    );
  }

  private loaded(answer: ThreadAnswer): void {
    if (answer.kind === 'unloadable') return this.unloadable(revive(answer.error));
    if (this.state !== 'loading') return;
    this.state = 'up';
    this.watch.up(this);
  }

  private unloadable(error: Error): void {
    if (this.state === 'loading') this.watch.unloadable(error);
  }

  private lost(): void {
    // What was given to it to load is refused by then; what waited for it to start would wait for ever.
    if (this.state === 'loading') setImmediate(() => this.unloadable(new Error('its thread ended while it started')));
    if (this.state !== 'up') return;
    this.state = 'loading';
    this.incarnations += 1;
    this.watch.down(this);
    // Piscina starts the next thread only after this event.
    queueMicrotask(() => this.state === 'loading' && this.load());
  }
}
