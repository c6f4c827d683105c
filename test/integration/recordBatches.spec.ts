import { expect } from 'chai';
import { firstValueFrom, take } from 'rxjs';
import {
  type Bus,
  type BusConfig,
  batch,
  connect,
  type Delivery,
  type Entry,
  handle,
  pipeline,
} from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { TestProcess } from '../support/testProcess.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

const sorted = (numbers: readonly unknown[]) => [...(numbers as number[])].sort((one, other) => one - other);

/** Publishes 0, 1, 2, … in one go. */
async function publishAll(bus: Bus, count: number, topic = 'orders.new'): Promise<void> {
  await bus.publishMany(upTo(count).map((data) => ({ topic, data })));
}

/** How many messages each entry of `main` holds. */
async function entriesOf(bus: Bus): Promise<readonly Entry[]> {
  const page = await firstValueFrom(bus.store.read({ stream: 'main.0', from: 'earliest', count: 10_000, waitMs: 0 }));
  return page.entries;
}

async function groupOf(bus: Bus) {
  const [group] = (await bus.stats()).groups;
  return group ?? { pending: -1, retrying: -1 };
}

describe('record batches', () => {
  onEachStore((world) => {
    const batched = (more: BusConfig = {}) => world.connect({ records: 'batched', ...more });

    for (const compression of ['none', 'zstd', 'deflate'] as const) {
      it(`carry every message once, in order, with compression '${compression}'`, async () => {
        const bus = await batched({ compression, messagesPerEntry: 150 });
        const seen: Delivery[] = [];
        bus.from('orders.*', { group: 'g' }).subscribe((delivery) => {
          seen.push(delivery);
          delivery.ack();
        });
        await publishAll(bus, 1_000);
        await eventually(() => seen.length >= 1_000);
        expect(seen.map(({ data }) => data)).to.deep.equal(upTo(1_000));
        expect(seen.every(({ attempt }) => attempt === 1)).to.equal(true);
        expect(new Set(seen.map(({ message }) => message.id)).size).to.equal(1_000);
        const counts = (await entriesOf(bus)).map(({ count = 1 }) => count);
        expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(1_000);
        expect(Math.max(...counts)).to.be.within(100, 150);
        await eventually(async () => (await groupOf(bus)).pending === 0);
      });
    }

    it('are not made of a message that is alone', async () => {
      const bus = await batched();
      for (const data of upTo(3)) await bus.publish('orders.new', data);
      expect((await entriesOf(bus)).map(({ count, encoding }) => [count, encoding])).to.deep.equal(
        upTo(3).map(() => [undefined, 'json']),
      );
    });

    it('and entries of one message are read by turns from one stream, by buses that write either', async () => {
      const [single, many] = [await world.connect(), await batched()];
      const seen: unknown[] = [];
      single.from('orders.*', { group: 'g' }).subscribe((delivery) => {
        seen.push(delivery.data);
        delivery.ack();
      });
      for (const bus of [single, many, single]) await publishAll(bus, 20);
      await eventually(() => seen.length >= 60);
      expect(seen).to.deep.equal([...upTo(20), ...upTo(20), ...upTo(20)]);
      expect((await entriesOf(single)).some(({ count }) => count !== undefined)).to.equal(true);
    });

    it('are bound to a stream as its patterns are; others, and main, stay as they are', async () => {
      const bus = await world.connect({ streams: { ticks: { patterns: ['ticks.*'], records: 'batched' } } });
      await bus.publishMany(upTo(40).map((data) => ({ topic: data % 2 === 0 ? 'ticks.a' : 'orders.new', data })));
      expect((await bus.stats('ticks')).lanes.normal.length).to.be.below(20);
      expect((await bus.stats('main')).lanes.normal.length).to.equal(20);
    });

    it('give receipts and messages the same id and time, and keep headers and the producer id', async () => {
      // Ids that are remembered keep their messages out of record batches.
      const bus = await world.connect({ records: 'batched', publish: { idempotencyMs: 0 } });
      const receipts: string[] = [];
      const seen: Delivery[] = [];
      bus.from('orders.*', { group: 'g' }).subscribe((delivery) => {
        seen.push(delivery);
        delivery.ack();
      });
      const own = { id: 'own', time: 1_700_000_000_000, headers: { a: 'ä' } };
      const messages = [{}, own, {}].map((more, data) => ({ topic: 'orders.new', data, ...more }));
      await bus.publishMany(messages, { onReceipt: ({ id }) => receipts.push(id) });
      await eventually(() => seen.length >= 3);
      expect(seen.map(({ message }) => message.id)).to.deep.equal(receipts);
      const [entry] = await entriesOf(bus);
      expect(receipts).to.deep.equal([`main.0:normal:${entry?.id}#0`, 'own', `main.0:normal:${entry?.id}#2`]);
      expect(seen[1]?.message).to.deep.include(own);
      expect(seen[0]?.message.time).to.equal(Number.parseInt(entry?.id ?? '', 10));
    });

    it('are filtered message by message: a group gets what it asked for and acks the rest', async () => {
      const bus = await batched();
      const seen: unknown[] = [];
      bus.from('orders.cancel', { group: 'g' }).subscribe((delivery) => {
        seen.push(delivery.data);
        delivery.ack();
      });
      await bus.publishMany(upTo(30).map((data) => ({ topic: data % 3 === 0 ? 'orders.cancel' : 'orders.new', data })));
      await eventually(() => seen.length >= 10);
      expect(seen).to.deep.equal(upTo(30).filter((data) => data % 3 === 0));
      await eventually(async () => (await groupOf(bus)).pending === 0);
    });

    it('are seen message by message in a live view', async () => {
      const bus = await batched();
      await publishAll(bus, 50);
      const seen: unknown[] = [];
      const view = bus.subscribe('orders.*', { from: 'earliest' }).subscribe(({ data }) => seen.push(data));
      await eventually(() => seen.length >= 50);
      expect(seen).to.deep.equal(upTo(50));
      view.unsubscribe();
    });

    it('retry and dead-letter single messages, at exact attempts', async () => {
      const bus = await batched({ consume: { attempts: 3, backoff: { initialMs: 1, maxMs: 5 } } });
      const attempts = new Map<unknown, number[]>();
      const running = pipeline(
        'p',
        bus.from('orders.*', { group: 'g' }),
        handle((data, { attempt }) => {
          attempts.set(data, [...(attempts.get(data) ?? []), attempt]);
          if (data === 7) throw new Error('never');
          if ((data as number) % 10 === 3 && attempt < 3) throw new Error('not yet');
        }),
      ).run();
      await publishAll(bus, 100);
      await eventually(async () => attempts.size === 100 && (await groupOf(bus)).pending === 0, { withinMs: 10_000 });
      for (const data of upTo(100)) {
        const expected = data === 7 || data % 10 === 3 ? [1, 2, 3] : [1];
        expect(attempts.get(data), `attempts of ${data}`).to.deep.equal(expected);
      }
      const letters = await bus.deadLetters();
      expect(letters.map(({ payload, attempts: times }) => [String(payload), times])).to.deep.equal([['7', 3]]);
      await running.stop();
    });

    it('come back message by message when a dead letter is replayed', async () => {
      const bus = await batched();
      let refused = true;
      const seen: Delivery[] = [];
      bus.from('orders.*', { group: 'g' }).subscribe((delivery) => {
        if (delivery.data === 5 && refused) return delivery.reject(new Error('no'));
        seen.push(delivery);
        return delivery.ack();
      });
      await publishAll(bus, 10);
      await eventually(async () => (await bus.deadLetters()).length === 1);
      refused = false;
      const [letter] = await bus.deadLetters();
      expect(await firstValueFrom(bus.store.replay('main.0', [letter?.id ?? '']))).to.equal(1);
      await eventually(() => seen.length === 10);
      const again = seen.find(({ data }) => data === 5);
      expect(again?.message.id).to.match(/#5$/);
      expect(again?.attempt).to.equal(1);
    });

    it('never pass the credit of a source by as much as a batch', async () => {
      const bus = await batched({ messagesPerEntry: 20 });
      await publishAll(bus, 400);
      const held: Delivery[] = [];
      let most = 0;
      bus.from('orders.*', { group: 'g', credit: 50 }).subscribe((delivery) => {
        held.push(delivery);
        most = Math.max(most, held.length);
      });
      let settled = 0;
      while (settled < 400) {
        await eventually(() => held.length > 0);
        await new Promise((resolve) => setImmediate(resolve));
        settled += held.length;
        for (const delivery of held.splice(0)) delivery.ack();
      }
      expect(most).to.be.within(20, 69);
    });

    it('are delivered though they hold more than the whole credit', async () => {
      const bus = await batched();
      const seen: unknown[] = [];
      const running = pipeline(
        'p',
        bus.from('orders.*', { group: 'g', credit: 1 }),
        handle(async (data) => void seen.push(data), { concurrency: 4 }),
      ).run();
      await publishAll(bus, 300);
      await eventually(() => seen.length >= 300);
      expect(sorted(seen)).to.deep.equal(upTo(300));
      await running.stop();
    });

    it('are settled in one go, and in part once their acks have waited for the window', async () => {
      const bus = await batched();
      const held: Delivery[] = [];
      bus.from('orders.*', { group: 'g' }).subscribe((delivery) => {
        if (delivery.data === 9) held.push(delivery);
        else delivery.ack();
      });
      await publishAll(bus, 20);
      await eventually(() => held.length === 1);
      const stats = async () => (await firstValueFrom(bus.store.stats('main.0'))).groups[0];
      await eventually(async () => (await stats())?.pending === 1);
      expect((await stats())?.consumers.map(({ pending }) => pending)).to.deep.equal([1]);
      held[0]?.ack();
      await eventually(async () => (await stats())?.pending === 0);
    });

    it('owe nothing twice when a consumer stops with some of a batch in hand', async () => {
      const [one, two] = [await batched(), await batched()];
      const seen: unknown[] = [];
      const subscription = one.from('orders.*', { group: 'g', drainMs: 20 }).subscribe((delivery) => {
        if ((delivery.data as number) >= 15) return;
        seen.push(delivery.data);
        delivery.ack();
      });
      await publishAll(one, 20);
      await eventually(() => seen.length === 15);
      subscription.unsubscribe();
      const rest: Delivery[] = [];
      two.from('orders.*', { group: 'g' }).subscribe((delivery) => {
        rest.push(delivery);
        delivery.ack();
      });
      await eventually(() => rest.length >= 5);
      expect(rest.map(({ data, attempt }) => [data, attempt])).to.deep.equal([15, 16, 17, 18, 19].map((n) => [n, 1]));
      await eventually(async () => (await groupOf(two)).pending === 0);
    });

    it('go back where a subscription ends in their midst', async () => {
      const [one, two] = [await batched(), await batched()];
      const seen: unknown[] = [];
      const first = one
        .from('orders.*', { group: 'g' })
        .pipe(take(5))
        .subscribe((delivery) => {
          seen.push(delivery.data);
          delivery.ack();
        });
      await publishAll(one, 20);
      await eventually(() => first.closed);
      const rest: Delivery[] = [];
      two.from('orders.*', { group: 'g' }).subscribe((delivery) => {
        rest.push(delivery);
        delivery.ack();
      });
      await eventually(() => rest.length >= 15);
      expect([...seen, ...sorted(rest.map(({ data }) => data))]).to.deep.equal(upTo(20));
      expect(rest.every(({ attempt }) => attempt === 1)).to.equal(true);
      await eventually(async () => (await groupOf(two)).pending === 0);
    });

    it('that hold more than the credit fill a larger batch of deliveries, which then closes', async () => {
      const bus = await batched();
      await publishAll(bus, 50);
      const sizes: number[] = [];
      bus
        .from('orders.*', { group: 'g', credit: 10 })
        .pipe(batch({ maxSize: 1_000 }))
        .subscribe((members) => {
          sizes.push(members.data.length);
          members.ack();
        });
      await eventually(async () => (await groupOf(bus)).pending === 0 && sizes.length > 0);
      expect(sizes).to.deep.equal([50]);
    });

    it('leave what has a key to itself, so that keys are read in order beside them', async () => {
      const bus = await batched();
      const seen: Delivery[] = [];
      bus.from('orders.*', { group: 'g', orderBy: 'key' }).subscribe((delivery) => {
        seen.push(delivery);
        if (delivery.message.key === 'k' && delivery.data === 30 && delivery.attempt === 1) return delivery.retry();
        return delivery.ack();
      });
      const keyed = (n: number) => n % 30 === 0;
      await bus.publishMany(upTo(100).map((data) => ({ topic: 'orders.new', data, ...(keyed(data) && { key: 'k' }) })));
      await eventually(async () => (await groupOf(bus)).pending === 0 && seen.length >= 101);
      const ofKey = seen.filter(({ message }) => message.key === 'k').map(({ data, attempt }) => [data, attempt]);
      expect(ofKey).to.deep.equal([
        [0, 1],
        [30, 1],
        [30, 2],
        [60, 1],
        [90, 1],
      ]);
      const others = seen.filter(({ message }) => message.key === undefined);
      expect(sorted(others.map(({ data }) => data))).to.deep.equal(upTo(100).filter((n) => !keyed(n)));
      expect((await entriesOf(bus)).length).to.be.below(20);
    });

    it('that are damaged are dead letters as they are, and the others go on', async () => {
      const bus = await batched();
      const seen: unknown[] = [];
      bus.from('orders.*', { group: 'g' }).subscribe((delivery) => {
        seen.push(delivery.data);
        delivery.ack();
      });
      const damaged = { priority: 'normal', topic: 'orders.new', type: '', encoding: 'sluice-batch' } as const;
      await firstValueFrom(
        bus.store.append('main.0', [{ ...damaged, payload: 'nothing', meta: '{"count":3}', count: 3 }]),
      );
      await publishAll(bus, 3);
      await eventually(() => seen.length >= 3);
      await eventually(async () => (await bus.deadLetters()).length === 1);
      const [letter] = await bus.deadLetters();
      expect([letter?.count, letter?.error.name]).to.deep.equal([3, 'CorruptEntryError']);
      await eventually(async () => (await groupOf(bus)).pending === 0);
    });

    it('dead-letter a message that can not be decoded, alone', async () => {
      const bus = await batched();
      const seen: unknown[] = [];
      bus.from('orders.*', { group: 'g' }).subscribe((delivery) => {
        seen.push(delivery.data);
        delivery.ack();
      });
      const broken = { encoding: 'json', encode: () => '{', decode: JSON.parse };
      const other = await batched({ codecs: [broken] });
      await publishAll(other, 2);
      await publishAll(bus, 2);
      await eventually(() => seen.length >= 2);
      await eventually(async () => (await bus.deadLetters()).length === 2);
      expect((await bus.deadLetters()).map(({ payload }) => String(payload))).to.deep.equal(['{', '{']);
      await eventually(async () => (await groupOf(bus)).pending === 0);
    });
  });

  describe('when a consumer is killed', () => {
    let server: RedisServer;
    before(async () => {
      server = await startRedis();
    });
    after(() => server.stop());

    it('with a batch settled in part, only what is owed comes again, as the second attempt', async () => {
      const bus = await connect({ store: server.url, records: 'batched', consume: { leaseMs: 500 } });
      try {
        await using killed = new TestProcess<{ number?: number; told?: boolean }>('partly', [server.url]);
        await eventually(async () => (await bus.stats()).groups[0]?.consumers.length === 1, { withinMs: 20_000 });
        await publishAll(bus, 100);
        await eventually(() => killed.messages.length === 100);
        killed.send('tell');
        await killed.heard(({ told }) => told === true);
        expect((await groupOf(bus)).pending).to.equal(50);
        await killed[Symbol.asyncDispose]();
        const seen: Delivery[] = [];
        bus.from('orders.*', { group: 'partly' }).subscribe((delivery) => {
          seen.push(delivery);
          delivery.ack();
        });
        await eventually(() => seen.length >= 50, { withinMs: 10_000 });
        await eventually(async () => (await groupOf(bus)).pending === 0);
        expect(sorted(seen.map(({ data }) => data))).to.deep.equal(upTo(100).filter((n) => n % 2 === 1));
        expect(seen.every(({ attempt }) => attempt === 2)).to.equal(true);
      } finally {
        await bus.close();
      }
    }).timeout(60_000);
  });
});
