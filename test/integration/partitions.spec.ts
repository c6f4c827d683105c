import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { acknowledge, type Bus, handle, type Message, partitionOf, pipeline, toDeadLetter } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf, expectComplaint } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { work } from '../support/work.ts';

const streams = { orders: { patterns: ['orders.*'], partitions: 4 } };
const keys = Array.from({ length: 40 }, (_, i) => `customer-${i}`);

async function publishKeyed(bus: Bus): Promise<void> {
  await bus.publishMany(keys.map((key) => ({ topic: 'orders.new', data: key, key })));
}

describe('a stream of several partitions', () => {
  onEachStore((world) => {
    it('keeps the messages of a key in one, which its receipt names, and spreads those without', async () => {
      const bus = await world.connect({ streams });
      for (const key of keys) {
        const { id } = await bus.publish('orders.new', key, { key });
        expect(id.split(':')[0]).to.equal(`orders.${partitionOf(key, 4)}`);
      }
      await bus.publishMany(Array.from({ length: 800 }, (_, data) => ({ topic: 'orders.new', data })));
      const { partitions } = await bus.stats('orders');
      for (const { lanes } of partitions) expect(lanes.normal.length).to.be.within(200, 200 + keys.length);
    });

    it('is read whole by the consumers of a group, by views, and in stats', async () => {
      const [bus, other] = [await world.connect({ streams }), await world.connect({ streams })];
      const seen: unknown[] = [];
      const viewed: Message[] = [];
      bus.subscribe('orders.*', { from: 'earliest' }).subscribe((message) => viewed.push(message));
      for (const each of [bus, other]) {
        each
          .from('orders.*', { group: 'all' })
          .pipe(acknowledge())
          .subscribe(({ data }) => seen.push(data));
      }
      await publishKeyed(bus);
      await eventually(() => seen.length === keys.length && viewed.length === keys.length);
      expect(seen.toSorted()).to.deep.equal(keys.toSorted());
      expect(new Set(viewed.map(({ id }) => id.split(':')[0])).size).to.equal(4);
      const { stream, lanes, groups, partitions } = await bus.stats('orders');
      expect([stream, lanes.normal, partitions.length]).to.deep.equal(['orders', { length: keys.length }, 4]);
      expect(groups).to.have.length(1);
      expect(groups[0]).to.include({ name: 'all', pattern: 'orders.*', pending: 0, retrying: 0 });
      // Each of the two has a consumer in each partition.
      expect(groups[0]?.consumers).to.have.length(8);
      const one = await bus.stats('orders.2');
      expect([one.stream, one.partitions.length]).to.deep.equal(['orders.2', 1]);
    });

    it('has dead letters in each, told together, oldest first, with where they are kept', async () => {
      const bus = await world.connect({ streams });
      await publishKeyed(bus);
      await using running = pipeline('strict', bus.from('orders.*', { group: 'strict' }), toDeadLetter('no')).run();
      await eventually(() => running.counts.settled.reject === keys.length);
      await running.stop();
      const letters = await bus.deadLetters({ stream: 'orders' });
      expect(letters).to.have.length(keys.length);
      expect(letters.map(({ time }) => time)).to.deep.equal(letters.map(({ time }) => time).toSorted());
      expect(await bus.deadLetters({ stream: 'orders', count: 3 })).to.have.length(3);
      const [first] = letters;
      const where = first?.stream ?? '';
      expect((await bus.deadLetters({ stream: where }))[0]?.id).to.equal(first?.id);
      expect(await firstValueFrom(bus.store.replay(where, [first?.id ?? '']))).to.equal(1);
      expect((await bus.stats('orders')).deadLetters).to.equal(keys.length - 1);
      const after = await errorOf(() => bus.deadLetters({ stream: 'orders', after: first?.id ?? '' }));
      expectComplaint(after, {
        type: 'InvalidOptionError',
        code: 'INVALID_OPTION',
        says: /after is .*: it takes an id of one partition.*stream: 'orders\.0'/,
      });
    });

    it('answers requests, and keeps what main has in several if told so', async () => {
      const bus = await world.connect({ partitions: 3 });
      await using _ = bus.respond('math.square', (n) => Number(n) ** 2, { orderBy: 'key' });
      const answers = [1, 2, 3, 4, 5].map((n) => bus.request('math.square', n, { key: `${n}` }));
      expect(await Promise.all(answers)).to.deep.equal([1, 4, 9, 16, 25]);
      expect((await bus.stats()).partitions).to.have.length(3);
    });

    it('keeps its number of partitions: who comes with another is refused, with both named', async () => {
      const bus = await world.connect({ streams });
      await publishKeyed(bus);
      const refused = [
        [
          { streams: { orders: { patterns: ['orders.*'], partitions: 8 } } },
          /stream 'orders' was made with partitions: 4, not 8/,
        ],
        [{ streams: { orders: { patterns: ['orders.*'] } } }, /stream 'orders' was made with partitions: 4, not 1/],
        [{ streams, partitions: 2 }, /stream 'main' was made with partitions: 1, not 2/],
      ] as const;
      for (const [config, says] of refused) {
        const error = await errorOf(() => world.connect(config));
        expectComplaint(error, { type: 'PartitionsError', code: 'PARTITIONS', says });
      }
      await world.connect({ streams });
    });
  });
});

describe('orderBy: key', () => {
  onEachStore((world) => {
    const EACH = 20;
    const config = { streams, consume: { leaseMs: 600, credit: 64 } };

    interface Order {
      readonly key: string;
      readonly number: number;
    }

    it('keeps the order of each key while consumers come and go, and handles everything', async () => {
      const producer = await world.connect(config);
      const begun: Order[] = [];
      const done = new Set<string>();
      const start = async () => {
        const bus = await world.connect(config);
        const handled = handle(
          async (data, { attempt }) => {
            const order = data as Order;
            begun.push(order);
            await work(Math.random() * 8);
            if (order.number % 7 === 3 && attempt === 1) throw new Error('not yet');
            done.add(`${order.key} ${order.number}`);
          },
          { concurrency: 50 },
        );
        const backoff = { initialMs: 5, maxMs: 20 };
        const source = bus.from('orders.*', { group: 'keepers', orderBy: 'key', backoff, attempts: 50 });
        return pipeline('keepers', source, handled).run();
      };
      const publish = (from: number, to: number) =>
        producer.publishMany(
          Array.from({ length: (to - from) * keys.length }, (_, i) => {
            const key = keys[i % keys.length] ?? '';
            return { topic: 'orders.new', data: { key, number: from + Math.floor(i / keys.length) }, key };
          }),
        );
      const running = [await start()];
      await publish(0, 10);
      await eventually(() => begun.length > 50);
      running.push(await start(), await start());
      await eventually(() => running.every(({ counts }) => counts.received > 0 || done.size === 10 * keys.length));
      await publish(10, EACH);
      await eventually(() => begun.length > 11 * keys.length, { withinMs: 20_000 });
      await running.shift()?.stop();
      await eventually(() => done.size === EACH * keys.length, { withinMs: 20_000 });
      await Promise.all(running.map((each) => each.stop()));

      const last = new Map<string, number>();
      for (const { key, number } of begun) {
        expect(number, key).to.be.within(last.get(key) ?? 0, (last.get(key) ?? -1) + 1);
        last.set(key, number);
      }
      expect((await producer.stats('orders')).groups[0]).to.include({ pending: 0, retrying: 0 });
      expect((await producer.stats('orders')).deadLetters).to.equal(0);
    });

    it('refuses consumers without an order in its group, and the other way round', async () => {
      const [bus, other] = [await world.connect(config), await world.connect(config)];
      const ordered = bus.from('orders.*', { group: 'g', orderBy: 'key' }).subscribe();
      const complaint = { type: 'GroupOrderError', code: 'GROUP_ORDER' };
      await eventually(async () => (await bus.stats('orders')).groups[0]?.consumers.length === 4);
      const fails = (orderBy?: 'key') =>
        errorOf(() => {
          const source = other.from('orders.*', orderBy ? { group: 'g', orderBy } : { group: 'g' });
          return new Promise((_, reject) => source.subscribe({ error: reject }));
        });
      expectComplaint(await fails(), { ...complaint, says: /group 'g' on stream '(main|orders)\.\d'.*no orderBy/ });
      ordered.unsubscribe();
      await eventually(async () => (await bus.stats('orders')).groups[0]?.consumers.length === 0);
      const shared = bus.from('orders.*', { group: 'g' }).subscribe();
      await eventually(async () => (await bus.stats('orders')).groups[0]?.consumers.length === 4);
      expectComplaint(await fails('key'), {
        ...complaint,
        says: /group 'g' on stream '(main|orders)\.\d'.*orderBy: 'key'/,
      });
      shared.unsubscribe();
    });
  });
});
