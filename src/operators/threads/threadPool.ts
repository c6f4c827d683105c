import { deserialize } from 'node:v8';
import type { ResourceLimits } from 'node:worker_threads';
import { type Context, propagation } from '@opentelemetry/api';
import { toError } from '../../core/errors.ts';
import type { Message } from '../../core/message.ts';
import { revive } from './carriedError.ts';
import { HandlerThread, type ThreadWatch } from './handlerThread.ts';
import { NotCloneableError } from './notCloneableError.ts';
import { reporting, type ThreadHealth } from './threadHealth.ts';
import { ThreadModuleError } from './threadModuleError.ts';
import type { ThreadAnswer } from './threadTask.ts';

export interface ThreadPoolOptions {
  /** The URL of the handler's module. */
  readonly module: string;
  readonly name: string;
  readonly threads: number;
  readonly resourceLimits: ResourceLimits | undefined;
}

/** Who is told how the threads are. */
export interface ThreadPoolWatch {
  /** A thread came up or went down. */
  changed(kind: 'up' | 'down', health: ThreadHealth): void;
  /** Nothing can be run. */
  failed(error: ThreadModuleError): void;
}

/** What a handler in a thread is given. */
export interface Job {
  readonly message: Message;
  readonly attempt: number;
  readonly context: Context;
}

/** Threads that all run one module. */
export class ThreadPool {
  private readonly all: HandlerThread[] = [];
  private readonly free: HandlerThread[] = [];
  private busy = 0;
  private replaced = 0;
  private closed = false;
  private readonly threadWatch: ThreadWatch = {
    up: (thread) => {
      this.free.push(thread);
      this.watch.changed('up', this.health);
    },
    down: (thread) => {
      const place = this.free.indexOf(thread);
      if (place >= 0) this.free.splice(place, 1);
      this.replaced += 1;
      this.watch.changed('down', this.health);
    },
    unloadable: (error) => this.watch.failed(new ThreadModuleError(this.options.module, error)),
  };

  constructor(
    private readonly options: ThreadPoolOptions,
    private readonly watch: ThreadPoolWatch,
  ) {}

  get health(): ThreadHealth {
    const { module, threads } = this.options;
    const alive = this.all.filter((thread) => thread.isUp).length;
    return { module, threads, alive, busy: this.busy, replaced: this.replaced };
  }

  /** Starts the threads; `changed` tells when they take jobs. */
  start(): void {
    reporting.add(this);
    import('piscina')
      .then(({ Piscina }) => {
        while (!this.closed && this.all.length < this.options.threads) {
          this.all.push(new HandlerThread(Piscina, this.options, this.threadWatch));
        }
      })
      .catch((cause) => this.watch.failed(new ThreadModuleError(this.options.module, toError(cause))));
  }

  /** Has a job done by a thread that is free: there must be one. */
  async run({ message: { data, ...message }, attempt, context }: Job, signal: AbortSignal): Promise<unknown> {
    const thread = this.free.pop();
    if (thread === undefined) throw new Error('no thread is free');
    const { incarnation } = thread;
    const trace = {};
    propagation.inject(context, trace);
    this.busy += 1;
    try {
      return open(await thread.run({ data, message, attempt, trace }, signal), message.id);
    } finally {
      this.busy -= 1;
      if (thread.isUp && thread.incarnation === incarnation) this.free.push(thread);
    }
  }

  /** Ends the threads and whatever they do. */
  close(): void {
    this.closed = true;
    reporting.delete(this);
    for (const thread of this.all) thread.close();
  }
}

/** What a thread answered. Throws what it threw. */
function open(answer: ThreadAnswer, messageId: string): unknown {
  switch (answer.kind) {
    case 'answered':
      return answer.bytes === undefined ? undefined : deserialize(answer.bytes);
    case 'uncloneable':
      throw new NotCloneableError('answer', revive(answer.error), messageId);
    case 'failed':
      throw revive(answer.error, messageId);
    default:
      throw new Error(`a thread gave '${answer.kind}' for an answer`);
  }
}
