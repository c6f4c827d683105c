import { expect } from 'chai';
import { type Bus, type Delivery, handle, pipeline, type RunningPipeline } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf, expectComplaint } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';

/** Counts what each consumer handled, and by how many it was handled. */
function consume(bus: Bus, group: string, pattern = 'orders.*') {
  const seen: unknown[] = [];
  const source = bus.from(pattern, { group, credit: 4 });
  const running = pipeline(
    group,
    source,
    handle(async (data) => void seen.push(data), { concurrency: 2 }),
  ).run();
  return { seen, running };
}

const sorted = (numbers: readonly unknown[]) => [...(numbers as number[])].sort((one, other) => one - other);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

async function publishAll(bus: Bus, count: number, topic = 'orders.new'): Promise<void> {
  await bus.publishMany(upTo(count).map((data) => ({ topic, data })));
}

describe('groups', () => {
  onEachStore((world) => {
    let running: RunningPipeline[];
    beforeEach(() => {
      running = [];
    });
    afterEach(() => Promise.all(running.map((each) => each.stop())));

    function start(bus: Bus, group: string, pattern?: string) {
      const consumer = consume(bus, group, pattern);
      running.push(consumer.running);
      return consumer;
    }

    it('share their messages among the consumers of two buses, each to one', async () => {
      const [first, second] = [await world.connect(), await world.connect()];
      const [one, other] = [start(first, 'shared'), start(second, 'shared')];
      await eventually(async () => (await first.stats()).groups[0]?.consumers.length === 2);
      while (one.seen.length === 0 || other.seen.length === 0) await publishAll(first, 100);
      const total = (await first.stats()).lanes.normal.length;
      await eventually(async () => one.seen.length + other.seen.length === total);
      const times = new Map<unknown, number>();
      for (const data of [...one.seen, ...other.seen]) times.set(data, (times.get(data) ?? 0) + 1);
      expect(new Set(times.values())).to.deep.equal(new Set([total / 100]));
      await eventually(async () => (await first.stats()).groups[0]?.pending === 0);
    });

    it('see every message once each', async () => {
      const bus = await world.connect();
      await publishAll(bus, 30);
      const [audit, billing] = [start(bus, 'audit'), start(bus, 'billing')];
      await publishAll(bus, 30);
      await eventually(() => audit.seen.length === 60 && billing.seen.length === 60);
      expect(sorted(audit.seen)).to.deep.equal(sorted([...upTo(30), ...upTo(30)]));
    });

    it('begin where they are told: now, at a time, or at the beginning; then go on where they were', async () => {
      const bus = await world.connect();
      await publishAll(bus, 5);
      const begin = (start: 'latest' | 'earliest' | { readonly sinceMs: number }, group: string) => {
        const seen: unknown[] = [];
        const take = (delivery: Delivery) => seen.push(delivery.data) && delivery.ack();
        const subscription = bus.from('orders.*', { group, start }).subscribe(take);
        return { seen, subscription };
      };
      const views = [begin('latest', 'now'), begin('earliest', 'all'), begin({ sinceMs: 0 }, 'since')];
      await eventually(async () => (await bus.stats()).groups.every(({ consumers }) => consumers.length === 1));
      expect((await bus.stats()).groups.length).to.equal(3);
      await bus.publish('orders.new', 'new');
      await eventually(() => views[0]?.seen.length === 1 && views[1]?.seen.length === 6 && views[2]?.seen.length === 6);
      expect(views.map(({ seen }) => seen)).to.deep.equal([['new'], [...upTo(5), 'new'], [...upTo(5), 'new']]);
      for (const { subscription } of views) subscription.unsubscribe();
      await eventually(async () => (await bus.stats()).groups.every(({ consumers }) => consumers.length === 0));

      await bus.publish('orders.new', 'while nobody was there');
      const again = begin('latest', 'now');
      await eventually(() => again.seen.length === 1);
      expect(again.seen).to.deep.equal(['while nobody was there']);
      again.subscription.unsubscribe();
    });

    it('refuse a consumer with another pattern, naming both', async () => {
      const [bus, other] = [await world.connect(), await world.connect()];
      const { seen } = start(bus, 'narrow', 'orders.new');
      await eventually(async () => (await bus.stats()).groups[0]?.consumers.length === 1);
      const error = await errorOf(
        () => new Promise((_, reject) => other.from('orders.*', { group: 'narrow' }).subscribe({ error: reject })),
      );
      expectComplaint(error, {
        type: 'GroupPatternError',
        code: 'GROUP_PATTERN',
        says: /group 'narrow' on stream 'main\.0' is bound to pattern 'orders\.new', not 'orders\.\*'.*use another group name/,
      });
      await publishAll(bus, 5);
      await eventually(() => seen.length === 5);
    });

    it('span the streams that the configuration binds topics to', async () => {
      const streams = { ticks: { patterns: ['market.ticks.*'] }, news: { patterns: ['news.*', 'market.news'] } };
      const bus = await world.connect({ streams });
      const topics = ['market.ticks.eth', 'market.news', 'news.world', 'orders.new'];
      for (const topic of topics) await bus.publish(topic, topic);
      const lengths = async () =>
        Promise.all(['main', 'ticks', 'news'].map(async (name) => (await bus.stats(name)).lanes.normal.length));
      expect(await lengths()).to.deep.equal([1, 1, 2]);

      const [all, market] = [start(bus, 'all', '*'), start(bus, 'market', 'market.*')];
      await eventually(() => all.seen.length === 4 && market.seen.length === 2);
      expect([...all.seen].sort()).to.deep.equal([...topics].sort());
      expect([...market.seen].sort()).to.deep.equal(['market.news', 'market.ticks.eth']);
      for (const topic of topics) await bus.publish(topic, topic);
      await eventually(() => all.seen.length === 8 && market.seen.length === 4);
      for (const name of ['main', 'ticks', 'news']) {
        await eventually(async () => (await bus.stats(name)).groups.every(({ pending }) => pending === 0));
      }
    });
  });
});
