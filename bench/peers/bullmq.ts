import { Countdown, check, type Order, order } from '../messages.ts';
import type { Setting, Side } from '../scenario.ts';
import { peer } from './peer.ts';

interface BullMq {
  readonly Queue: new (
    name: string,
    options: object,
  ) => {
    addBulk(jobs: readonly object[]): Promise<unknown>;
    close(): Promise<void>;
  };
  readonly Worker: new (
    name: string,
    handler: (job: { readonly data: Order }) => Promise<void>,
    options: object,
  ) => {
    waitUntilReady(): Promise<unknown>;
    run(): Promise<void>;
    close(): Promise<void>;
  };
}

const BULK = 1_000;
const CONCURRENCY = 100;

/** BullMQ: jobs added in bulk, a worker that runs a hundred at once; jobs are removed when they are done. */
export async function bullmq({ redisUrl, messages }: Setting): Promise<Side> {
  const { Queue, Worker } = peer<BullMq>('bullmq');
  const { hostname, port } = new URL(redisUrl);
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const countdown = new Countdown(messages);
  const queue = new Queue('bench', { connection });
  const handler = async ({ data }: { readonly data: Order }) => {
    check(data);
    countdown.done();
  };
  const options = { removeOnComplete: true, removeOnFail: true };
  const worker = new Worker('bench', handler, { connection, concurrency: CONCURRENCY, autorun: false });
  await worker.waitUntilReady();
  return {
    async run() {
      void worker.run();
      for (let first = 0; first < messages; first += BULK) {
        const count = Math.min(BULK, messages - first);
        const jobs = Array.from({ length: count }, (_, i) => ({
          name: 'order',
          data: order(first + i),
          opts: options,
        }));
        await queue.addBulk(jobs);
      }
      await countdown.over;
    },
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}
