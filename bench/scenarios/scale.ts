import { setTimeout as wait } from 'node:timers/promises';
import { acknowledge, type Bus, connect, handle, type ScaleChange } from 'sluice';
import { order, TOPIC } from '../messages.ts';
import type { Scenario, Side } from '../scenario.ts';

const SERVICE_MS = 20;
const MAX = 50;
/** How long a range has to find its number, in ms; as long again it is watched, and timed only after that. */
const SETTLE_MS = 5_000;
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

async function ranged(messages: number): Promise<Side> {
  const changes: ScaleChange[] = [];
  const began = Date.now();
  const side = await waiting({ max: MAX, onScale: (change) => changes.push(change) }, messages);
  await wait(2 * SETTLE_MS);
  await side.next();
  return {
    run: side.run,
    close: async () => {
      await side.close();
      process.stdout.write(`${report(changes, began)}\n`);
    },
  };
}

/** Handlers that wait for 20 ms, on the embedded store. */
async function waiting(concurrency: NonNullable<Parameters<typeof handle>[1]>['concurrency'] & {}, messages: number) {
  const bus = await connect();
  const load = new Load(bus);
  const handlers = handle(() => wait(SERVICE_MS), { concurrency });
  const subscription = bus
    .from('bench.*', { group: 'bench' })
    .pipe(handlers, acknowledge())
    .subscribe(() => load.one());
  load.start();
  return {
    /** Handlers end in waves: the clock is to start with one. */
    next: () => load.more(1),
    run: () => load.more(messages),
    close: async () => {
      await load.stop();
      subscription.unsubscribe();
      await bus.close({ deadlineMs: 1_000 });
    },
  };
}

/** How the number grew, when it was reached, and how often it changed after that. */
function report(changes: readonly ScaleChange[], began: number): string {
  const early = changes.filter(({ at }) => at - began <= SETTLE_MS);
  const seconds = ((early.at(-1)?.at ?? Number.NaN) - began) / 1_000;
  const steps = [1, ...early.map(({ to }) => to)].join(', ');
  return `scale: ${steps}, reached in ${seconds.toFixed(2)} s; changes after ${SETTLE_MS / 1_000} s: ${changes.length - early.length}`;
}

/** What a range makes of handlers that wait, once it has had its time to grow, against one at a time. */
export const scale: Scenario = {
  name: 'scale',
  unit: 'msg/s',
  baselineName: 'handlers of 20 ms, one at a time',
  redis: false,
  scale: 0.005,
  ours: ({ messages }) => ranged(messages),
  baseline: ({ messages }) => waiting(1, messages),
};
