import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, connect } from '../../src/index.ts';
import { eventually } from './eventually.ts';
import { TestProcess } from './testProcess.ts';

/** What came of restarting consumers by turns while messages kept coming. */
export interface RollingReport {
  readonly restarts: number;
  readonly published: number;
  /** Messages that no consumer handled. */
  readonly lost: number;
  /** Handled more than once. */
  readonly duplicated: number;
  /** The longest time without the end of any handler, from the first restart to the last, in ms. */
  readonly longestPauseMs: number;
  /** From SIGTERM to the end of the process, in ms: half of them took no longer, and all of them. */
  readonly stopMs: { readonly p50: number; readonly max: number };
  /** Codes of notices that the consumers gave. */
  readonly notices: readonly string[];
}

interface Told {
  readonly ready?: true;
  readonly notice?: string;
}

interface Line {
  readonly number: number;
  readonly at: number;
}

const CONSUMERS = 3;
/** How many messages wait at the least, so that the consumers have all they can do. */
const BACKLOG = 3_000;
/** How many messages a new consumer handles before the next is restarted. */
const SETTLED_IN = 100;

/** Restarts one of three consumers after another, by SIGTERM, while there is always more to do than they can. */
export async function rollingRestarts(url: string, restarts: number): Promise<RollingReport> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-rolling-'));
  const bus = await connect(url);
  const load = new Load(bus);
  const workers: Worker[] = [];
  const ended: Worker[] = [];
  const start = async (name: string): Promise<Worker> => {
    const worker = new Worker(url, name, join(folder, name));
    await worker.works(0);
    return worker;
  };
  try {
    await load.begin();
    workers.push(...(await Promise.all(Array.from({ length: CONSUMERS }, (_, i) => start(`first-${i}`)))));
    for (const worker of workers) await worker.works(SETTLED_IN);
    const from = Date.now();
    for (let i = 0; i < restarts; i += 1) {
      const worker = workers.shift() as Worker;
      ended.push(worker);
      await worker.stop();
      const next = await start(`restart-${i}`);
      workers.push(next);
      await next.works(SETTLED_IN);
    }
    const until = Date.now();
    await load.end();
    ended.push(...workers);
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    return report(ended, { restarts, from, until, published: load.published });
  } finally {
    await load.end();
    await Promise.all([...workers, ...ended].map((worker) => worker[Symbol.asyncDispose]()));
    await bus.close();
    rmSync(folder, { recursive: true });
  }
}

class Worker implements AsyncDisposable {
  stopMs = 0;
  readonly process: TestProcess<Told>;

  constructor(
    url: string,
    name: string,
    private readonly file: string,
  ) {
    this.process = new TestProcess<Told>('worker', [url, name, file]);
  }

  get lines(): readonly Line[] {
    const lines = readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [number = '', at = ''] = line.split(' ');
      return { number: Number(number), at: Number(at) };
    });
  }

  /** Resolves once it is ready and has handled so many. */
  async works(count: number): Promise<void> {
    await this.process.heard(({ ready }) => ready === true);
    await eventually(() => this.lines.length >= count, { withinMs: 30_000 });
  }

  async stop(): Promise<void> {
    const began = performance.now();
    this.process.signal('SIGTERM');
    await this.process.end();
    this.stopMs = performance.now() - began;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]();
  }
}

/** Messages that keep coming, as fast as they are handled. */
class Load {
  published = 0;
  private ending = false;
  private publishing: Promise<void> | undefined;

  constructor(private readonly bus: Bus) {}

  async begin(): Promise<void> {
    await this.publish();
    this.publishing = this.goOn();
  }

  /** Publishes no more; resolves once all are handled. */
  async end(): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    await this.publishing;
    const done = async () => {
      const [group] = (await this.bus.stats()).groups;
      return group?.pending === 0 && group.lag === 0;
    };
    await eventually(done, { withinMs: 60_000 });
  }

  private async goOn(): Promise<void> {
    while (!this.ending) {
      const [group] = (await this.bus.stats()).groups;
      if ((group?.lag ?? 0) < BACKLOG) await this.publish();
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async publish(): Promise<void> {
    const from = this.published;
    const jobs = Array.from({ length: BACKLOG }, (_, i) => ({ topic: 'jobs.numbered', data: from + i }));
    await this.bus.publishMany(jobs);
    this.published += BACKLOG;
  }
}

function report(
  workers: readonly Worker[],
  run: { readonly restarts: number; readonly from: number; readonly until: number; readonly published: number },
): RollingReport {
  const { restarts, from, until, published } = run;
  const lines = workers.flatMap((worker) => worker.lines);
  const handled = new Set(lines.map(({ number }) => number)).size;
  const times = lines.map(({ at }) => at).filter((at) => at >= from && at <= until);
  const sorted = [from, ...times.sort((a, b) => a - b), until];
  const longestPauseMs = sorted.reduce((longest, at, i) => Math.max(longest, at - (sorted[i - 1] ?? at)), 0);
  const stops = workers.map(({ stopMs }) => Math.round(stopMs)).sort((a, b) => a - b);
  return {
    restarts,
    published,
    lost: published - handled,
    duplicated: lines.length - handled,
    longestPauseMs,
    stopMs: { p50: stops[Math.floor(stops.length / 2)] ?? 0, max: stops.at(-1) ?? 0 },
    notices: workers.flatMap(({ process }) => process.messages.flatMap(({ notice }) => notice ?? [])),
  };
}
