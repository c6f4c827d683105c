import { expect } from 'chai';
import { type Bus, connect, type Delivery, handle, pipeline, stage } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { startRedis } from '../support/redisServer.ts';

const group = 'orders';

/** A handler whose answers wait until they are asked for. */
class Gate {
  readonly waiting: (() => void)[] = [];

  readonly handler = (data: unknown): Promise<unknown> =>
    new Promise((resolve) => this.waiting.push(() => resolve(data)));

  open(): void {
    for (const answer of this.waiting) answer();
  }
}

async function fill(bus: Bus, count: number): Promise<void> {
  await bus.publishMany(Array.from({ length: count }, (_, i) => ({ topic: 'orders.new', data: i })));
}

describe('bus.close', () => {
  onEachStore((world) => {
    it('ends a pipeline whose handler hangs, and says that it was not drained', async () => {
      const bus = await world.connect();
      const hangs = stage(
        'hang',
        handle(() => new Promise<void>(() => undefined)),
      );
      const running = pipeline('hangs', bus.from('orders.*', { group }), hangs).run();
      await fill(bus, 1);
      await eventually(() => running.inHand().length === 1);
      bus.notices.subscribe();
      await bus.close({ deadlineMs: 50 });
      expect(await running.done).to.deep.equal({ drained: false, left: [] });
    });

    it('takes nothing more, waits for what is in flight, and for what that publishes', async () => {
      const [bus, other] = [await world.connect(), await world.connect()];
      const gate = new Gate();
      const running = pipeline(
        'orders',
        bus.from('orders.*', { group, credit: 5 }),
        stage('check', handle(gate.handler, { concurrency: 5 })),
        stage('send', bus.to<Delivery>('checked.orders')),
      ).run();
      await fill(bus, 20);
      await eventually(() => gate.waiting.length === 5);
      let over = false;
      const closing = bus.close().then(() => {
        over = true;
      });
      await eventually(async () => (await other.stats()).groups[0]?.pending === 5);
      expect(over).to.equal(false);
      gate.open();
      await closing;

      expect(running.counts.settled).to.include({ ack: 5, release: 0 });
      expect(gate.waiting.length).to.equal(5);
      const { lanes, groups } = await other.stats();
      expect(lanes.normal.length, '20 orders, 5 checked').to.equal(25);
      expect([groups[0]?.pending, groups[0]?.consumers]).to.deep.equal([0, []]);
      expect((await running.done).drained).to.equal(true);
    });

    it('flushes what lingers', async () => {
      const [bus, other] = [await world.connect({ publish: { linger: 60_000 } }), await world.connect()];
      const receipts = [1, 2, 3].map((data) => bus.publish('orders.new', data));
      await bus.close();
      expect(await Promise.all(receipts)).to.have.length(3);
      expect((await other.stats()).lanes.normal.length).to.equal(3);
    });

    it('gives back what is not settled by the deadline; another bus has it at once, the attempt uncounted', async () => {
      const [bus, other] = [await world.connect(), await world.connect()];
      const gate = new Gate();
      const stuck = pipeline(
        'orders',
        bus.from('orders.*', { group, credit: 8 }),
        stage('check', handle(gate.handler, { concurrency: 3 })),
      ).run();
      await fill(bus, 20);
      await eventually(() => gate.waiting.length === 3);

      const began = performance.now();
      await bus.close({ deadlineMs: 50 });
      expect(performance.now() - began).to.be.within(45, 2_500);
      expect(world.notices.map(({ code }) => code)).to.include('UNSETTLED');

      const taken: Delivery[] = [];
      const subscription = other.from('orders.*', { group }).subscribe((delivery) => taken.push(delivery));
      // The lease is 30 s: what comes sooner was given back, not taken over.
      await eventually(() => taken.length === 20, { withinMs: 3_000 });
      expect(taken.map(({ data }) => data)).to.have.members(Array.from({ length: 20 }, (_, i) => i));
      expect(taken.filter(({ attempt }) => attempt !== 1)).to.deep.equal([]);

      gate.open();
      for (const delivery of taken) delivery.ack();
      await eventually(async () => (await other.stats()).groups[0]?.pending === 0);
      subscription.unsubscribe();
      expect(stuck.counts.settled).to.include({ ack: 0 });
    });

    it('at the end of its block, with `await using`', async () => {
      const other = await world.connect();
      const seen: unknown[] = [];
      {
        await using bus = await world.connect();
        await using running = pipeline(
          'orders',
          bus.from('orders.*', { group }),
          handle((data) => void seen.push(data)),
        ).run();
        await fill(bus, 10);
        await eventually(() => running.counts.received === 10);
      }
      expect(seen.length).to.equal(10);
      expect((await other.stats()).groups[0]).to.include({ pending: 0, lag: 0 });
    });
  });

  it('ends in time though the server is frozen', async () => {
    await using server = await startRedis();
    const bus = await connect(server.url);
    bus.notices.subscribe();
    const running = pipeline(
      'orders',
      bus.from('orders.*', { group }),
      handle(() => new Promise(() => undefined)),
    ).run();
    await fill(bus, 3);
    await eventually(() => running.counts.received === 3);
    server.pause();
    const refused = bus.publish('orders.new', 'too late').catch((error: Error) => error.name);
    const began = performance.now();
    await bus.close({ deadlineMs: 100 });
    expect(performance.now() - began).to.be.below(4_000);
    expect(await refused).to.equal('StoreClosedError');
    server.resume();
  });
});
