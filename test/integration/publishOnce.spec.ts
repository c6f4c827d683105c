import { expect } from 'chai';
import { lastValueFrom, take, toArray } from 'rxjs';
import { type Bus, connect, partitionOf, type Receipt } from '../../src/index.ts';
import { CuttingProxy } from '../support/cuttingProxy.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { redisFixture } from '../support/redisFixture.ts';

/** The data of so many messages, as a view of everything finds them. */
function seen(bus: Bus, count: number, pattern = '*'): Promise<unknown[]> {
  const view = bus.subscribe(pattern, { from: 'earliest' });
  return lastValueFrom(view.pipe(take(count), toArray())).then((messages) => messages.map(({ data }) => data));
}

async function length(bus: Bus): Promise<number> {
  const { lanes } = await bus.stats();
  return Object.values(lanes).reduce((sum, lane) => sum + lane.length, 0);
}

describe('publishing once', () => {
  onEachStore((world) => {
    it('keeps a message of an id once, and says so in the receipt', async () => {
      const bus = await world.connect();
      const publish = (data: number, id?: string) => bus.publish('orders.new', data, id === undefined ? {} : { id });
      expect(await publish(1, 'a')).to.deep.equal({ id: 'a', topic: 'orders.new' });
      expect(await publish(2, 'a')).to.deep.equal({ id: 'a', topic: 'orders.new', duplicate: true });
      await publish(3);
      await publish(3);
      expect(await seen(bus, 3)).to.deep.equal([1, 3, 3]);
      expect(await length(bus)).to.equal(3);
    });

    it('knows an id published by another bus, at another priority; under another topic it is another', async () => {
      const [one, two] = [await world.connect(), await world.connect()];
      await one.publish('orders.new', 1, { id: 'a' });
      const again = await two.publish('orders.new', 2, { id: 'a', priority: 'critical' });
      expect(again.duplicate).to.equal(true);
      expect(await two.publish('orders.paid', 3, { id: 'a' })).to.deep.equal({ id: 'a', topic: 'orders.paid' });
      expect(await length(one)).to.equal(2);
    });

    it('sends what has an id and no key to the partition of its id, so that it is found there again', async () => {
      const bus = await world.connect({ partitions: 8 });
      const ids = Array.from({ length: 200 }, (_, i) => `id-${i}`);
      for (const _ of [1, 2]) await bus.publishMany(ids.map((id) => ({ topic: 'orders.new', data: id, id })));
      expect(await length(bus)).to.equal(200);
      const at = `main.${partitionOf('id-7', 8)}`;
      const { lanes } = await bus.stats(at);
      expect(lanes.normal.length).to.equal(ids.filter((id) => partitionOf(id, 8) === partitionOf('id-7', 8)).length);
    });

    it('tells the duplicates of many by their receipts', async () => {
      const bus = await world.connect();
      const receipts: Receipt[] = [];
      const ids = ['a', 'b', 'a', 'c', 'b'];
      await bus.publishMany(
        ids.map((id, data) => ({ topic: 'orders.new', data, id })),
        {
          onReceipt: (receipt, index) => {
            receipts[index] = receipt;
          },
        },
      );
      expect(receipts.map(({ duplicate = false }) => duplicate)).to.deep.equal([false, false, true, false, true]);
      expect(await seen(bus, 3)).to.deep.equal([0, 1, 3]);
    });

    it('keeps what has an id an entry of its own in a stream of record batches, once', async () => {
      const bus = await world.connect({ records: 'batched' });
      const messages = Array.from({ length: 60 }, (_, i) => ({
        topic: 'orders.new',
        data: i,
        ...(i % 20 === 0 && { id: `${i}` }),
      }));
      await bus.publishMany(messages);
      await bus.publishMany(messages.filter(({ id }) => id !== undefined));
      expect(await seen(bus, 60)).to.deep.equal(messages.map(({ data }) => data));
      // Three with an id, and a record batch behind each.
      expect(await length(bus)).to.equal(6);
    });

    it('forgets ids when the window is over, and remembers none with a window of 0', async () => {
      const short = await world.connect({ publish: { idempotencyMs: 50 } });
      await short.publish('orders.new', 1, { id: 'a' });
      await eventually(async () => (await short.publish('orders.new', 2, { id: 'a' })).duplicate === undefined);
      const none = await world.connect({ publish: { idempotencyMs: 0 } });
      for (const data of [1, 2]) {
        expect(await none.publish('orders.new', data, { id: 'b' })).to.deep.equal({ id: 'b', topic: 'orders.new' });
      }
    });
  });

  describe('when answers are lost', () => {
    const redis = redisFixture();
    let proxy: CuttingProxy;
    let port: number;
    let bus: Bus;

    beforeEach(async () => {
      await redis.outside.flushall();
      // The reply to an append begins with the time in an id.
      proxy = new CuttingProxy(redis.server.port, `\r\n${Date.now()}`.slice(0, 8));
      port = await proxy.listen();
      bus = await connect({ store: `redis://127.0.0.1:${port}`, connections: 3 });
    });
    afterEach(async () => {
      await bus.close({ deadlineMs: 100 });
      await proxy.close();
    });

    for (const records of ['single', 'batched'] as const) {
      it(`keeps every message once and in order, ${records}, without any id`, async () => {
        await bus.close();
        bus = await connect({ store: `redis://127.0.0.1:${port}`, connections: 3, records, publish: { maxBatch: 50 } });
        const messages = Array.from({ length: 6_000 }, (_, data) => ({ topic: 'ticks.eth', data }));
        let count = 0;
        const onReceipt = () => {
          count += 1;
          if (count % 1_000 === 500) proxy.toLose = 1;
        };
        expect(await bus.publishMany(messages, { onReceipt })).to.equal(6_000);
        await bus.publish('ticks.eth', 'the end');
        expect(await seen(bus, 6_001)).to.deep.equal([...messages.map(({ data }) => data), 'the end']);
        expect(proxy.lost).to.be.above(2);
      });
    }

    it('answers a publish whose answer was lost with where it is, not as a duplicate', async () => {
      await bus.publish('ticks.eth', 0);
      proxy.toLose = 1;
      const receipt = await bus.publish('ticks.eth', 1, { id: 'one' });
      expect(proxy.toLose).to.equal(0);
      expect(receipt).to.deep.equal({ id: 'one', topic: 'ticks.eth' });
      expect(await length(bus)).to.equal(2);
    });
  });
});
