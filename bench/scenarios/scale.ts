import { setTimeout as wait } from 'node:timers/promises';
import { acknowledge, type Bus, type ConcurrencyRange, connect, handle, type ScaleChange } from 'sluice';
import { order, TOPIC } from '../messages.ts';
import type { Finding, Scenario, Side } from '../scenario.ts';

const SERVICE_MS = 20;
const MAX = 50;
/** How long a range has to find its number, in ms: what it is late by costs it in the figure. */
const SETTLE_MS = 5_000;
/** For how long it is timed, and watched for changes, in runs of the other side: for flapping. */
const WATCHED = 4;
/** How many messages wait at least: more than the credit, so that the source always has some. */
const BACKLOG = 1_000;

/** Counts what is handled, and has more published so that it never runs out. */
class Load {
  private handled = 0;
  private published = 0;
  private stopped = false;
  private publishing: Promise<void> | undefined;
  private told = (): void => undefined;

  constructor(private readonly bus: Bus) {}

  start(): void {
    this.publishing = this.publish();
  }

  one(): void {
    this.handled += 1;
    this.told();
  }

  /** Resolves when so many more are handled. */
  more(count: number): Promise<void> {
    const last = this.handled + count;
    return new Promise((resolve) => {
      this.told = () => this.handled >= last && resolve();
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.publishing;
  }

  private async publish(): Promise<void> {
    while (!this.stopped) {
      const short = BACKLOG - (this.published - this.handled);
      const orders = Array.from({ length: Math.max(0, short) }, () => ({
        topic: TOPIC,
        data: order(this.published++),
      }));
      await this.bus.publishMany(orders);
      await wait(50);
    }
  }
}

/** Handlers that wait for 20 ms, on the embedded store: how many a second, over so many messages. */
async function waiting(concurrency: number | ConcurrencyRange, messages: number, found: () => Finding['extra']) {
  const bus = await connect();
  const load = new Load(bus);
  const subscription = bus
    .from('bench.*', { group: 'bench' })
    .pipe(
      handle(() => wait(SERVICE_MS), { concurrency }),
      acknowledge(),
    )
    .subscribe(() => load.one());
  load.start();
  return {
    run: async (): Promise<Finding> => {
      // Handlers end in waves: the clock starts with one.
      await load.more(1);
      const began = performance.now();
      await load.more(messages);
      const figure = messages / ((performance.now() - began) / 1_000);
      return { figure, extra: found() ?? {} };
    },
    close: async () => {
      await load.stop();
      subscription.unsubscribe();
      await bus.close({ deadlineMs: 1_000 });
    },
  };
}

async function ranged(messages: number): Promise<Side> {
  const changes: ScaleChange[] = [];
  const began = Date.now();
  const settled = () => changes.filter(({ at }) => at - began <= SETTLE_MS);
  const side = await waiting({ min: 1, max: MAX, onScale: (change) => changes.push(change) }, messages, () => ({
    handlers: changes.at(-1)?.to ?? 1,
    'ms until that many': (settled().at(-1)?.at ?? began) - began,
    'changes after 5 s': changes.length - settled().length,
  }));
  await wait(SETTLE_MS);
  return side;
}

/** What a range makes of handlers that wait, once it has had its time to grow, against one at a time. */
export const scale: Scenario = {
  name: 'scale',
  unit: 'msg/s',
  target: { atLeast: 45 },
  baselineName: 'handlers of 20 ms, one at a time',
  note: 'concurrency { min: 1, max: 50 }; ours has 5 s to find its number, and is then timed and watched for some 8 s',
  redis: false,
  scale: 0.001,
  ours: ({ messages }) => ranged(messages * MAX * WATCHED),
  baseline: ({ messages }) => waiting(1, messages, () => undefined),
};
