import { expect } from 'chai';
import {
  acknowledge,
  type Bus,
  connect,
  fromObservable,
  InvalidOptionError,
  limitRate,
  StoreClosedError,
} from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { redisFixture } from '../support/redisFixture.ts';
import { startRedis } from '../support/redisServer.ts';
import { TestProcess } from '../support/testProcess.ts';

/** So slow that no token comes while a test runs. */
const SLOW = { rate: 0.001, burst: 10 };

/** Sends so many through a bus's limit; what has come through so far is in the result. */
function flow(bus: Bus, count: number, limits = SLOW): readonly number[] {
  const seen: number[] = [];
  fromObservable(Array.from({ length: count }, (_, i) => i))
    .pipe(limitRate(bus.rateLimit('orders', limits)), acknowledge())
    .subscribe({ next: ({ data }) => seen.push(data), error: () => undefined });
  return seen;
}

describe('a rate limit that is shared', () => {
  onEachStore((world) => {
    it('is one for all buses on the store: together they get what one would', async () => {
      const buses = await Promise.all([1, 2, 3].map(() => world.connect()));
      const seen = buses.map((bus) => flow(bus, 20));
      await eventually(() => seen.flat().length === 10);
      const other = await world.connect();
      const elsewhere = other.rateLimit('payments', SLOW);
      await new Promise<void>((resolve) => elsewhere.ready(1).subscribe({ complete: resolve }));
      expect([elsewhere.take(), seen.flat().length]).to.deep.equal([true, 10]);
    });

    it('is changed for all of them while they run', async () => {
      const [one, two] = [await world.connect(), await world.connect()];
      const seen = [flow(one, 100), flow(two, 100)];
      await eventually(() => seen.flat().length === 10);
      await two.rateLimit('orders', SLOW).set({ rate: 10_000, burst: 1_000 });
      await eventually(() => seen.every(({ length }) => length === 100));
    });

    it('keeps its limits when a bus comes with others', async () => {
      const [one, two] = [await world.connect(), await world.connect()];
      const seen = flow(one, 20);
      await eventually(() => seen.length === 10);
      const late = two.rateLimit('orders', { rate: 1e6 });
      expect(late.limits).to.deep.equal({ rate: 1e6, burst: 10_000 });
      const waiting = late.ready(1).subscribe();
      await eventually(() => expect(late.limits).to.deep.equal(SLOW));
      expect(seen.length).to.equal(10);
      waiting.unsubscribe();
    });

    it('is refused a name or limits that make no sense, and a bus that is closed', async () => {
      const bus = await world.connect();
      for (const name of ['', 'a b', 'a{b', 'a:b', 'x'.repeat(129), 3 as never]) {
        expect(() => bus.rateLimit(name, SLOW)).to.throw(
          InvalidOptionError,
          /^name is .*: it takes a name of 1 to 128/,
        );
      }
      expect(() => bus.rateLimit('orders', { rate: 0 })).to.throw(InvalidOptionError, 'rate is 0');
      await bus.close();
      expect(() => bus.rateLimit('orders', SLOW)).to.throw(StoreClosedError);
    });
  });

  it('waits while its server is away without losing anything, says so, and goes on', async () => {
    const server = await startRedis();
    await using bus = await connect({ store: server.url });
    const codes: string[] = [];
    bus.notices.subscribe(({ code }) => codes.push(code));
    const seen = flow(bus, 12);
    await eventually(() => seen.length === 10);
    await server.stop();
    await eventually(() => codes.includes('STORE_RETRY'));
    await using _ = await startRedis({ port: server.port });
    // The server has lost the limit with everything else: it begins anew, full.
    await eventually(() => seen.length === 12, { withinMs: 15_000 });
  });

  describe('of several processes, on Redis', () => {
    const fixture = redisFixture();

    it('is one for all of them, and changed for all by one', async function () {
      this.timeout(60_000);
      const args = [fixture.server.url, '40'];
      await using one = new TestProcess<{ readonly data: number }>('limited', args);
      await using two = new TestProcess<{ readonly data: number }>('limited', args);
      const passed = () => one.messages.length + two.messages.length;
      await eventually(() => passed() === 10, { withinMs: 30_000 });
      // Both wait now: a third would find nothing either.
      await using bus = await connect(fixture.server.url);
      const limit = bus.rateLimit('numbers', { rate: 1, burst: 1 });
      const waiting = limit.ready(1).subscribe();
      await eventually(() => expect(limit.limits).to.deep.equal({ rate: 0.001, burst: 10 }));
      expect([limit.take(), passed()]).to.deep.equal([false, 10]);
      waiting.unsubscribe();

      one.send({ rate: 1_000, burst: 100 });
      await Promise.all([one.end(), two.end()]);
      expect(passed()).to.equal(80);
    });

    it('leaves one key, which is not kept for ever', async () => {
      await using bus = await connect({ store: fixture.server.url, namespace: 'kept' });
      const seen = flow(bus, 3);
      await eventually(() => seen.length === 3);
      expect(await fixture.outside.keys('kept:limit:*')).to.deep.equal(['kept:limit:{orders}']);
      expect(await fixture.outside.pttl('kept:limit:{orders}')).to.be.within(1, 86_400_000);
    });
  });
});
