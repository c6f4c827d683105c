import { expect } from 'chai';
import { firstValueFrom, map, take, toArray } from 'rxjs';
import { redisStore } from '../../src/adapters/redis/index.ts';
import { AtomicOutputError, type Bus, connect, InvalidOptionError, type Receipt } from '../../src/index.ts';
import { CuttingProxy } from '../support/cuttingProxy.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { redisFixture } from '../support/redisFixture.ts';

/** Later than any test sees, in ms. */
const FAR_MS = 3_600_000;

/** Handles a group's messages from now on: what came, in order. */
function handled(bus: Bus, group = 'g', pattern = 'orders.*'): unknown[] {
  const found: unknown[] = [];
  bus.from(pattern, { group }).subscribe((delivery) => {
    found.push(delivery.data);
    delivery.ack();
  });
  return found;
}

async function delayed(bus: Bus): Promise<number> {
  return (await bus.stats()).delayed;
}

/** What a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<Error> {
  return call.then(
    () => new Error('it was not refused'),
    (error) => error as Error,
  );
}

describe('delayed publishing', () => {
  onEachStore((world) => {
    it('delivers once it is due, after the bus that published it has closed, to every group and in order', async () => {
      const first = await world.connect();
      for (const [data, delayMs] of [
        ['b', 200],
        ['a', 100],
        ['c', 300],
      ] as const)
        await first.publish('orders.new', data, { delayMs });
      expect(await delayed(first)).to.equal(3);
      await first.close();

      const bus = await world.connect();
      const [one, two] = [handled(bus, 'one'), handled(bus, 'two')];
      await eventually(() =>
        expect([one, two]).to.deep.equal([
          ['a', 'b', 'c'],
          ['a', 'b', 'c'],
        ]),
      );
      expect(await delayed(bus)).to.equal(0);
    });

    it('gives receipt, delivery and cancel the same id', async () => {
      const bus = await world.connect();
      const soon = await bus.publish('orders.new', 1, { delayMs: 20 });
      const named = await bus.publish('orders.new', 2, { deliverAt: new Date(Date.now() + 20), id: 'mine' });
      const late = await bus.publish('orders.new', 3, { deliverAt: Date.now() + FAR_MS });
      expect(named).to.deep.equal({ id: 'mine', topic: 'orders.new' });
      const ids = bus.from('orders.*', { group: 'g' }).pipe(
        map((delivery) => {
          delivery.ack();
          return delivery.message.id;
        }),
        take(2),
        toArray(),
      );
      expect((await firstValueFrom(ids)).sort()).to.deep.equal(['mine', soon.id].sort());
      expect([await bus.cancel(late), await bus.cancel(late), await bus.cancel(soon)]).to.deep.equal([
        true,
        false,
        false,
      ]);
      expect(await delayed(bus)).to.equal(0);
    });

    it('shows live views what is due', async () => {
      const bus = await world.connect();
      const seen = firstValueFrom(bus.subscribe('orders.*', { from: 'earliest' }).pipe(take(2), toArray()));
      await bus.publish('orders.new', 'second', { delayMs: 50 });
      await bus.publish('orders.new', 'first');
      expect((await seen).map(({ data }) => data)).to.deep.equal(['first', 'second']);
    });

    it('takes many, over partitions and tiers, and cancels them whatever their keys', async () => {
      const bus = await world.connect({ partitions: 4 });
      const late: Receipt[] = [];
      const messages = Array.from({ length: 3_000 }, (_, data) => ({
        topic: 'orders.new',
        data,
        key: `k${data % 50}`,
        priority: data % 2 ? ('high' as const) : ('low' as const),
        delayMs: data < 2_900 ? 150 : FAR_MS,
      }));
      const onReceipt = (receipt: Receipt, index: number) => {
        if (index >= 2_900) late.push(receipt);
      };
      await bus.publishMany(messages, { onReceipt });
      const cancelled = await Promise.all(late.map((receipt) => bus.cancel(receipt)));
      expect(cancelled.filter(Boolean)).to.have.length(100);
      const found = handled(bus);
      await eventually(() => expect(found).to.have.length(2_900));
      expect(new Set(found).size).to.equal(2_900);
      expect(await delayed(bus)).to.equal(0);
    });

    it('keeps one of an id while it waits and, as ever, for as long as ids are remembered', async () => {
      const bus = await world.connect();
      const publish = (options: object) => bus.publish('orders.new', 1, { id: 'a', ...options });
      expect((await publish({ delayMs: FAR_MS })).duplicate).to.equal(undefined);
      expect((await publish({ delayMs: 1 })).duplicate).to.equal(true);
      const plain = await publish({});
      expect(plain.duplicate).to.equal(true);
      expect(await bus.cancel(plain)).to.equal(true);
      expect((await publish({})).duplicate).to.equal(undefined);
    });

    it('publishes at once without a delay, and at a time that is past', async () => {
      const bus = await world.connect({ streams: { ticks: { patterns: ['ticks.*'], records: 'batched' } } });
      const found = handled(bus, 'g', '*.*');
      await bus.publish('orders.new', 1, { delayMs: 0 });
      await bus.publish('orders.new', 2, { deliverAt: 0 });
      await bus.publish('ticks.eth', 3, { deliverAt: new Date(1_000) });
      await eventually(() => expect(found.sort()).to.deep.equal([1, 2, 3]));
      expect(await delayed(bus)).to.equal(0);
    });

    it('publishes later what became of a delivery, but not in the step that acks it', async () => {
      const bus = await world.connect();
      const found = handled(bus, 'g', 'later.*');
      bus
        .from('orders.*', { group: 'in' })
        .pipe(bus.to('later.one', { delayMs: 30 }))
        .subscribe((delivery) => delivery.ack());
      await bus.publish('orders.new', 'x');
      await eventually(() => expect(found).to.deep.equal(['x']));

      const options = { atomic: true, delayMs: 30 };
      expect(() => bus.to('later.one', options)).to.throw(InvalidOptionError, /`?atomic/);
      const errors: unknown[] = [];
      bus
        .from('orders.*', { group: 'out', attempts: 1 })
        .pipe(bus.to('later.one', () => options))
        .subscribe({ error: (error) => errors.push(error) });
      await eventually(() => expect(errors).to.have.length(1));
      expect(errors[0]).to.be.instanceOf(AtomicOutputError).with.property('code', 'ATOMIC_DELAYED');
    });

    for (const [name, options] of Object.entries({
      'a negative delay': { delayMs: -1 },
      'no number': { delayMs: Number.NaN },
      'an endless delay': { delayMs: Number.POSITIVE_INFINITY },
      'more than ten years': { delayMs: 11 * 365 * 86_400_000 },
      text: { delayMs: '5' as unknown as number },
      'an invalid date': { deliverAt: new Date('never') },
      'a time in more than ten years': { deliverAt: Date.now() + 11 * 365 * 86_400_000 },
      'text for a time': { deliverAt: '2030-01-01' as unknown as Date },
      both: { delayMs: 1, deliverAt: Date.now() },
    })) {
      it(`refuses ${name}`, async () => {
        const bus = await world.connect();
        expect(await refusal(bus.publish('orders.new', 1, options))).to.be.instanceOf(InvalidOptionError);
      });
    }

    it('refuses to cancel what is no message, and after it was closed', async () => {
      const bus = await world.connect();
      expect(await refusal(bus.cancel(undefined as never))).to.be.instanceOf(InvalidOptionError);
      expect(await refusal(bus.cancel({ topic: 'orders.new' } as never))).to.be.instanceOf(InvalidOptionError);
      expect(await bus.cancel({ topic: 'orders.new', id: 'unknown' })).to.equal(false);
      await bus.close();
      expect(await refusal(bus.cancel({ topic: 'orders.new', id: 'a' }))).to.have.property('code', 'CLOSED');
    });
  });
});

describe('delayed publishing on Redis', () => {
  const redis = redisFixture();
  let buses: Bus[] = [];
  let namespaces = 0;

  beforeEach(() => {
    namespaces += 1;
  });
  afterEach(async () => {
    await redis.outside.config('SET', 'maxmemory', '0');
    await Promise.all(buses.map((bus) => bus.close({ deadlineMs: 100 })));
    buses = [];
  });

  /** A bus with a store, and so with connections and books, of its own: as if in another process. */
  async function busOf(blockMs: number): Promise<Bus> {
    const store = redisStore({ url: redis.server.url, namespace: `n${namespaces}`, blockMs });
    const bus = await connect({ store, consume: { waitMs: 60_000 } });
    await firstValueFrom(store.open());
    buses.push({
      ...bus,
      close: () => bus.close({ deadlineMs: 100 }).then(() => void store.close().subscribe()),
    } as Bus);
    return bus;
  }

  async function blocked(count: number): Promise<void> {
    await eventually(async () => {
      const info = await redis.outside.info('clients');
      expect(Number(/blocked_clients:(\d+)/.exec(info)?.[1])).to.be.at.least(count);
    });
  }

  it('reaches readers that are blocked elsewhere, by its publisher, long before they would look again', async () => {
    const [reader, publisher] = [await busOf(60_000), await busOf(60_000)];
    const found = handled(reader);
    await blocked(1);
    await publisher.publish('orders.new', 1, { delayMs: 150 });
    await eventually(() => expect(found).to.deep.equal([1]), { withinMs: 10_000 });
  });

  it('reaches readers that were blocked before, though its publisher is gone', async () => {
    const [reader, publisher] = [await busOf(500), await busOf(500)];
    const found = handled(reader);
    await blocked(1);
    await publisher.publish('orders.new', 1, { delayMs: 700 });
    publisher.store.close().subscribe();
    await eventually(() => expect(found).to.deep.equal([1]));
  });

  it('is delivered by a server that is full', async () => {
    const bus = await busOf(500);
    const found = handled(bus);
    await blocked(1);
    await bus.publish('orders.new', 1, { delayMs: 300 });
    await redis.outside.config('SET', 'maxmemory', '1');
    await eventually(() => expect(found).to.deep.equal([1]));
  });

  it('is shown to views by a server that is full, though its publisher is gone', async () => {
    const [bus, publisher] = [await busOf(500), await busOf(500)];
    await publisher.publish('orders.new', 1, { delayMs: 100 });
    publisher.store.close().subscribe();
    await redis.outside.config('SET', 'maxmemory', '1');
    const message = await firstValueFrom(bus.subscribe('orders.*', { from: 'earliest' }));
    expect(message.data).to.equal(1);
  });

  it('keeps each once and in order when answers are lost, though they are due before it is asked again', async () => {
    const first = await busOf(500);
    // An answer begins with the ms until the next that waits is due: this one.
    await first.publish('orders.new', 'far', { delayMs: 7_777_777_777 });
    const proxy = new CuttingProxy(redis.server.port, '\r\n77777');
    const store = redisStore({ url: `redis://127.0.0.1:${await proxy.listen()}`, namespace: `n${namespaces}` });
    const bus = await connect({ store, publish: { maxBatch: 50, idempotencyMs: 0 } });
    const messages = Array.from({ length: 2_000 }, (_, data) => ({ topic: 'orders.new', data, deliverAt: 0 }));
    let count = 0;
    const onReceipt = () => {
      count += 1;
      if (count % 500 === 250) proxy.toLose = 1;
    };
    expect(await bus.publishMany(messages, { onReceipt })).to.equal(2_000);
    expect(proxy.lost).to.be.above(2);
    await bus.close();
    store.close().subscribe();
    await proxy.close();
    const view = first.subscribe('orders.*', { from: 'earliest' }).pipe(take(2_000), toArray());
    expect((await firstValueFrom(view)).map(({ data }) => data)).to.deep.equal(messages.map(({ data }) => data));
    const { delayed: waiting, lanes } = await first.stats();
    expect([waiting, lanes.normal.length]).to.deep.equal([1, 2_000]);
  });

  it('is appended by the housekeeper where nobody reads and its publisher is gone', async () => {
    const [bus, publisher] = [await busOf(500), await busOf(500)];
    await publisher.publish('orders.new', 1, { delayMs: 50 });
    publisher.store.close().subscribe();
    await eventually(async () => {
      await firstValueFrom(bus.store.tidy('main.0', { deadMs: 60_000 }));
      const { delayed: waiting, lanes } = await bus.stats();
      expect([waiting, lanes.normal.length]).to.deep.equal([0, 1]);
    });
  });

  it('leaves no keys of its own once nothing waits', async () => {
    const bus = await busOf(500);
    await bus.publish('orders.new', 1, { delayMs: 50 });
    expect(await bus.cancel(await bus.publish('orders.new', 2, { delayMs: FAR_MS }))).to.equal(true);
    expect(await redis.outside.keys(`n${namespaces}:*delayed*`)).to.have.length(2);
    const found = handled(bus);
    await eventually(() => expect(found).to.deep.equal([1]));
    expect(await redis.outside.keys(`n${namespaces}:*delayed*`)).to.deep.equal([]);
  });
});
