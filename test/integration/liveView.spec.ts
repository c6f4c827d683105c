import { expect } from 'chai';
import { Redis } from 'ioredis';
import { Subscription } from 'rxjs';
import { type Bus, connect, type LiveViewOptions, PRIORITIES } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { startRedis } from '../support/redisServer.ts';

/** What a view shows, as it comes. */
function watch(bus: Bus, pattern: string, options: LiveViewOptions = {}) {
  const seen: unknown[] = [];
  const subscription = bus.subscribe(pattern, options).subscribe(({ data }) => seen.push(data));
  return { seen, subscription };
}

/** Publishes until the views have begun: where `latest` is, a store decides when it is asked. */
async function begun(bus: Bus, ...views: readonly { readonly seen: unknown[] }[]): Promise<void> {
  await eventually(async () => {
    await bus.publish('ticks.begin', 'begin');
    return views.every(({ seen }) => seen.length > 0);
  });
}

const withoutBegin = ({ seen }: { readonly seen: readonly unknown[] }) => seen.filter((data) => data !== 'begin');

describe('a live view', () => {
  onEachStore((world) => {
    let bus: Bus;
    let views: Subscription;
    beforeEach(async () => {
      bus = await world.connect();
      views = new Subscription();
    });
    afterEach(() => views.unsubscribe());

    function open(pattern: string, options?: LiveViewOptions) {
      const view = watch(bus, pattern, options);
      views.add(view.subscription);
      return view;
    }

    it('shows what comes from now on, to each of several, without a group or a debt', async () => {
      await bus.publish('ticks.eth', 'before');
      const [all, some] = [open('*'), open('ticks.{eth,begin}')];
      await begun(bus, all, some);
      for (const topic of ['ticks.eth', 'ticks.btc', 'ticks.eth']) await bus.publish(topic, topic);
      await eventually(() => withoutBegin(all).length === 3 && withoutBegin(some).length === 2);
      expect(withoutBegin(all)).to.deep.equal(['ticks.eth', 'ticks.btc', 'ticks.eth']);
      expect(withoutBegin(some)).to.deep.equal(['ticks.eth', 'ticks.eth']);
      expect((await bus.stats()).groups).to.deep.equal([]);
    });

    it('shows everything from the beginning, page after page, then what comes', async () => {
      const history = Array.from({ length: 1_700 }, (_, i) => i);
      await bus.publishMany(history.map((data) => ({ topic: 'ticks.eth', data })));
      const view = open('ticks.*', { from: 'earliest' });
      await eventually(() => view.seen.length === history.length);
      await bus.publish('ticks.eth', 'new');
      await eventually(() => view.seen.length === history.length + 1);
      expect(view.seen).to.deep.equal([...history, 'new']);
    });

    it('shows what came since a time, by the clock of the store', async () => {
      await bus.publish('ticks.eth', 'old');
      const { id } = await bus.publish('ticks.eth', 'mark');
      const markMs = Number(id.split(':').at(-1)?.split('-')[0]);
      await eventually(async () => {
        const later = await bus.publish('ticks.probe', 0);
        return Number(later.id.split(':').at(-1)?.split('-')[0]) > markMs;
      });
      await bus.publish('ticks.eth', 'new');
      const [since, after] = [
        open('ticks.eth', { from: { sinceMs: markMs } }),
        open('ticks.eth', { from: { sinceMs: markMs + 1 } }),
      ];
      await eventually(() => after.seen.length === 1 && since.seen.length >= 2);
      expect(since.seen.slice(-2)).to.deep.equal(['mark', 'new']);
      expect(after.seen).to.deep.equal(['new']);
    });

    it('keeps the order of each tier', async () => {
      const view = open('ticks.*', { from: 'earliest' });
      const published = Array.from({ length: 200 }, (_, i) => ({ tier: PRIORITIES[i % 4] ?? 'normal', i }));
      await Promise.all(published.map((data) => bus.publish('ticks.eth', data, { priority: data.tier })));
      await eventually(() => view.seen.length === 200);
      for (const priority of PRIORITIES) {
        const own = (view.seen as typeof published).filter(({ tier }) => tier === priority);
        expect(own).to.deep.equal(published.filter(({ tier }) => tier === priority));
      }
    });

    it('shows nothing after it was unsubscribed', async () => {
      const [one, other] = [open('ticks.*'), open('ticks.*')];
      await begun(bus, one, other);
      one.subscription.unsubscribe();
      const before = one.seen.length;
      await bus.publish('ticks.eth', 'unseen');
      await eventually(() => withoutBegin(other).length === 1);
      expect(one.seen.length).to.equal(before);
    });
  });

  it('goes on where it was when its connections are cut, on Redis', async () => {
    await using server = await startRedis();
    await using bus = await connect(server.url);
    const codes: string[] = [];
    bus.notices.subscribe(({ code }) => codes.push(code));
    const outside = new Redis(server.port, '127.0.0.1');
    const view = watch(bus, 'ticks.*', { from: 'earliest' });
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 10; i++) await bus.publish('ticks.eth', 10 * round + i);
      await eventually(() => view.seen.length >= 10 * round + 5);
      await outside.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    }
    await bus.publish('ticks.eth', 'last');
    await eventually(() => view.seen.at(-1) === 'last');
    expect(view.seen).to.deep.equal([...Array.from({ length: 30 }, (_, i) => i), 'last']);
    expect(codes).to.include('STORE_RETRY');
    view.subscription.unsubscribe();
    outside.disconnect();
  });
});
