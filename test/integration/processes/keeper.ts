import { connect, handle, pipeline } from '../../../src/index.ts';
import { work } from '../../support/work.ts';

/*
 * Handles orders in the order of their keys, and tells of each when it begins.
 * Arguments: the store's URL, a name, how long a handler takes in ms, and the lease in ms.
 */
const [store = '', name = '', takesMs = '0', leaseMs = '1000'] = process.argv.slice(2);

interface Order {
  readonly key: string;
  readonly number: number;
}

const bus = await connect({
  store,
  name,
  connections: 20,
  partitions: 8,
  consume: { leaseMs: Number(leaseMs), attempts: 50, backoff: { initialMs: 5, maxMs: 20 } },
});
bus.notices.subscribe(({ code }) => process.send?.({ notice: code }));

const running = pipeline(
  'orders',
  bus.from('orders.*', { group: 'keepers', orderBy: 'key' }),
  handle(
    async (data, { attempt }) => {
      const { key, number } = data as Order;
      process.send?.({ name, key, number, attempt, at: performance.timeOrigin + performance.now() });
      await work(Math.random() * 2 * Number(takesMs));
      // Some fail at first: their keys wait for them.
      if (number % 11 === 5 && attempt === 1) throw new Error('not yet');
    },
    { concurrency: 100 },
  ),
).run();
process.send?.({ ready: true });

process.on('message', async (message) => {
  // By itself, and so between two turns: a handler that is just being called can't be called back.
  if (message === 'stand still') process.kill(process.pid, 'SIGSTOP');
  if (message !== 'stop') return;
  await running.stop();
  await bus.close();
  process.disconnect();
});
