import { expect } from 'chai';
import { type Bus, connect, handle, pipeline } from '../../src/index.ts';
import { CuttingProxy } from '../support/cuttingProxy.ts';
import { eventually } from '../support/eventually.ts';
import { redisFixture } from '../support/redisFixture.ts';
import { work } from '../support/work.ts';

interface Order {
  readonly key: string;
  readonly number: number;
}

const KEYS = 30;
const EACH = 20;
const CUTS = 12;

describe('orderBy: key while answers are lost', () => {
  const redis = redisFixture();
  let proxy: CuttingProxy;
  let producer: Bus;
  let consumer: Bus;

  before(async () => {
    proxy = new CuttingProxy(redis.server.port, '');
    producer = await connect({ store: redis.server.url, partitions: 3 });
    consumer = await connect({
      store: `redis://127.0.0.1:${await proxy.listen()}`,
      partitions: 3,
      connections: 12,
      consume: { leaseMs: 3_000 },
    });
    // That answers are lost is what it is about.
    consumer.notices.subscribe();
  });
  after(async () => {
    await Promise.all([producer.close(), consumer.close()]);
    await proxy.close();
  });

  it('keeps the order of each key, counts attempts, and handles everything', async function () {
    this.timeout(60_000);
    const begun: (Order & { readonly attempt: number })[] = [];
    const done = new Set<string>();
    let cuts = 0;
    const handled = handle(
      async (data, { attempt }) => {
        const { key, number } = data as Order;
        begun.push({ key, number, attempt });
        // Whatever the store answers next, a take, a settlement, a lease or a next attempt, is lost.
        if (begun.length % 40 === 0 && cuts++ < CUTS) proxy.toLose = 1;
        await work(Math.random() * 10);
        if (number % 5 === 2 && attempt === 1) throw new Error('not yet');
        done.add(`${key} ${number}`);
      },
      { concurrency: 20 },
    );
    const backoff = { initialMs: 5, maxMs: 20 };
    const source = consumer.from('orders.*', { group: 'keepers', orderBy: 'key', credit: 60, attempts: 100, backoff });
    await using _ = pipeline('keepers', source, handled).run({ notify: () => undefined });
    await producer.publishMany(
      Array.from({ length: KEYS * EACH }, (__, i) => {
        const key = `k${i % KEYS}`;
        return { topic: 'orders.new', data: { key, number: Math.floor(i / KEYS) }, key };
      }),
    );
    await eventually(() => done.size === KEYS * EACH, { withinMs: 50_000 });
    await eventually(async () => (await producer.stats()).groups[0]?.pending === 0, { withinMs: 10_000 });

    expect(cuts).to.be.at.least(CUTS);
    const last = new Map<string, number>();
    for (const { key, number } of begun) {
      expect(number, key).to.be.within(last.get(key) ?? 0, (last.get(key) ?? -1) + 1);
      last.set(key, number);
    }
    expect((await producer.stats()).deadLetters).to.equal(0);
  });
});
