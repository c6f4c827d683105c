import { trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { concat, defer, firstValueFrom, lastValueFrom, map, NEVER, Observable, of, toArray } from 'rxjs';
import { type Bus, type Cached, connect, InvalidOptionError, StoreClosedError } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { redisFixture } from '../support/redisFixture.ts';
import { startRedis } from '../support/redisServer.ts';
import { startTracing } from '../support/tracing.ts';

/** A source that counts how often it was subscribed to. */
function counted(...values: readonly unknown[]) {
  let calls = 0;
  const source = () =>
    defer(() => {
      calls += 1;
      return of(...values);
    });
  return { source, calls: () => calls };
}

const all = <T>(source: Observable<Cached<T>>) => lastValueFrom(source.pipe(toArray()), { defaultValue: [] });

describe('bus.cache', () => {
  onEachStore((world) => {
    it('keeps what one bus fetched for another, to the last digit, and in order', async () => {
      const [one, two] = [await world.connect(), await world.connect()];
      const { source, calls } = counted({ big: 2n ** 64n, n: 0.1 }, 'é', null);
      const first = await all(one.cache({ name: 'c' }).get('k', source, { ttlMs: 60_000 }));
      const second = await all(two.cache({ name: 'c' }).get('k', source, { ttlMs: 60_000 }));
      expect(calls()).to.equal(1);
      expect(second.map(({ value }) => value)).to.deep.equal([{ big: 2n ** 64n, n: 0.1 }, 'é', null]);
      expect(first.map(({ value }) => value)).to.deep.equal(second.map(({ value }) => value));
      expect([first[0]?.state, second[0]?.state]).to.deep.equal(['miss', 'hit']);
    });

    it('makes one call of a thousand equal requests, and hands a removed key out nowhere behind localMs', async () => {
      const options = { name: 'c', localMs: 50 };
      const caches = [await world.connect(), await world.connect(), await world.connect()].map((bus) =>
        bus.cache(options),
      );
      const { source, calls } = counted('a');
      const asked = Array.from({ length: 999 }, (_, i) => caches[i % 3]?.get('k', source, { ttlMs: 60_000 }) ?? NEVER);
      const states = (await Promise.all(asked.map((each) => firstValueFrom(each)))).map(({ state }) => state);
      expect([states.length, calls()]).to.deep.equal([999, 1]);
      await caches[0]?.remove('k');
      await eventually(async () => {
        const found = await firstValueFrom(caches[1]?.get('k', counted('b').source, { ttlMs: 60_000 }) ?? NEVER);
        expect(found.value).to.equal('b');
      });
    });

    it('is the same object for the same options, and refused for others or such that make no sense', async () => {
      const bus = await world.connect();
      const cache = bus.cache({ name: 'c', maxEntries: 10 });
      expect(bus.cache({ name: 'c', maxEntries: 10, localMs: 1_000 })).to.equal(cache);
      expect(() => bus.cache({ name: 'c' })).to.throw(
        InvalidOptionError,
        "name is 'c': it takes a name that no cache of this",
      );
      for (const option of ['localMs', 'leaseMs', 'waitMs']) {
        expect(() => bus.cache({ name: 'd', [option]: 0 })).to.throw(InvalidOptionError, `${option} is 0`);
      }
      await bus.close();
      expect(() => bus.cache({ name: 'c', maxEntries: 10 })).to.throw(StoreClosedError);
      let error: unknown;
      cache.get('k', () => of(1), { ttlMs: 1 }).subscribe({ error: (cause) => (error = cause) });
      expect(error).to.be.instanceOf(StoreClosedError);
    });

    it('shows in the metrics of its bus', async () => {
      const bus = await world.connect();
      const { source } = counted(1);
      for (const _ of [1, 2, 3]) await all(bus.cache({ name: 'c' }).get('k', source, { ttlMs: 60_000 }));
      expect(Object.keys(bus.metrics().caches)).to.deep.equal(['c']);
      expect(bus.metrics().caches['c']).to.include({ hits: 2, localHits: 2, misses: 1, flights: 1, entries: 1 });
    });

    it('ends with its bus: who waits is told, and the flight is free for others at once', async () => {
      const [one, two] = [await world.connect(), await world.connect()];
      let called = 0;
      let left = 0;
      const endless = () =>
        new Observable<unknown>(() => {
          called += 1;
          return () => (left += 1);
        });
      const waiting = all(one.cache({ name: 'c' }).get('k', endless, { ttlMs: 60_000 })).catch(
        (error: unknown) => error,
      );
      await eventually(() => called === 1);
      await one.close();
      expect(await waiting).to.be.instanceOf(StoreClosedError);
      expect(left).to.equal(1);
      const [found] = await all(two.cache({ name: 'c' }).get('k', counted(1).source, { ttlMs: 60_000 }));
      expect(found?.state).to.equal('miss');
      expect(two.metrics().caches['c']?.waits).to.equal(0);
    });
  });

  describe('on Redis', () => {
    const fixture = redisFixture();
    let bus: Bus;
    beforeEach(async () => {
      await fixture.outside.flushall();
      bus = await connect(fixture.server.url);
    });
    afterEach(() => bus.close());

    it('has keys that end by themselves, each with the slot of its part, and none that shows what was asked', async () => {
      const cache = bus.cache({ name: 'c' });
      await cache.clear();
      await all(cache.get('secret', counted(1).source, { ttlMs: 5_000, staleMs: 1_000, staleIfErrorMs: 2_000 }));
      const { source, calls } = counted();
      const flying = cache.get('flying', () => concat(source(), NEVER), { ttlMs: 5_000 }).subscribe();
      await eventually(() => calls() === 1);
      const keys = (await fixture.outside.keys('sluice:cache:*')).sort();
      expect(keys.filter((key) => !key.endsWith(':generation'))).to.have.lengthOf(2);
      for (const key of keys) {
        expect(key).to.match(/^sluice:cache:\{c\.\d{1,2}\}:([\w-]{43}(:flight)?|generation)$/);
        const longestMs = key.endsWith('generation') ? 31 * 86_400_000 : key.endsWith('flight') ? 5_000 : 7_000;
        expect(await fixture.outside.pttl(key)).to.be.within(1, longestMs);
      }
      flying.unsubscribe();
      await eventually(async () => expect((await fixture.outside.keys('sluice:cache:*:flight')).length).to.equal(0));
    });

    it('works for a user of the server who may do no more than the guide lists', async () => {
      const acl =
        '~sluice:* -@all +@stream +@sortedset +@hash +@set +eval +evalsha +time +pexpire +exists +unlink +info';
      const more = '+select +client|id +client|kill +client|unblock +client|setname';
      await fixture.outside.call('ACL', 'SETUSER', 'cachier', 'on', '>secret', ...acl.split(' '), ...more.split(' '));
      await using limited = await connect(fixture.server.url.replace('redis://', 'redis://cachier:secret@'));
      const cache = limited.cache({ name: 'c' });
      const ask = () => all(cache.get('k', counted(1).source, { ttlMs: 60_000 }));
      await ask();
      await cache.clear();
      await ask();
      await cache.remove('k');
      cache
        .get('other', () => NEVER, { ttlMs: 1 })
        .subscribe({ error: () => undefined })
        .unsubscribe();
      expect((await ask())[0]?.state).to.equal('miss');
      expect(limited.metrics().caches['c']?.storeFailures).to.equal(0);
    });

    it('subscribes to the source in the trace of who asked first', async () => {
      const tracing = startTracing();
      try {
        const tracer = trace.getTracer('test');
        const source = () => defer(async () => tracer.startSpan('upstream').end());
        await tracer.startActiveSpan('asker', async (span) => {
          await all(bus.cache({ name: 'c' }).get('k', () => source().pipe(map(() => 1)), { ttlMs: 60_000 }));
          span.end();
        });
        const { spanId } = tracing.span('asker').spanContext();
        expect(tracing.span('upstream').parentSpanContext?.spanId).to.equal(spanId);
      } finally {
        await tracing.stop();
      }
    });

    it('is not taken for away by a process that stood still while it was asked', async () => {
      const cache = bus.cache({ name: 'c' });
      const { source } = counted('a');
      await all(cache.get('before', source, { ttlMs: 60_000 }));
      const asked = all(cache.get('k', source, { ttlMs: 60_000 }));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
      expect((await asked)[0]?.state).to.equal('miss');
      expect(cache.metrics().storeFailures).to.equal(0);
    });

    it('that is full goes on with one flight at a time, holds nobody up, and says so once', async () => {
      const codes: string[] = [];
      bus.notices.subscribe(({ code }) => codes.push(code));
      const cache = bus.cache({ name: 'c', localMs: 1 });
      const { source, calls } = counted('a');
      await all(cache.get('before', source, { ttlMs: 60_000 }));
      await fixture.outside.config('SET', 'maxmemory', '1');
      try {
        for (const key of ['x', 'x', 'y']) expect((await all(cache.get(key, source, { ttlMs: 1 }))).length).to.equal(1);
        await eventually(async () => expect(await fixture.outside.keys('sluice:cache:*:flight')).to.deep.equal([]));
        expect((await all(cache.get('before', source, { ttlMs: 60_000 })))[0]?.state).to.equal('hit');
        expect(calls()).to.be.within(3, 4);
        expect(codes).to.deep.equal(['CACHE_STORE']);
      } finally {
        await fixture.outside.config('SET', 'maxmemory', '0');
      }
      await all(cache.get('z', source, { ttlMs: 60_000 }));
      expect((await fixture.outside.keys('sluice:cache:*')).length).to.equal(2);
    });

    it('goes on without its server, and uses it again when it is back', async function () {
      this.timeout(40_000);
      const server = await startRedis();
      await using cut = await connect(server.url);
      const codes: string[] = [];
      cut.notices.subscribe(({ level, code }) => codes.push(`${level} ${code}`));
      const cache = cut.cache({ name: 'c', localMs: 10 });
      const { source, calls } = counted('a');
      await all(cache.get('k', source, { ttlMs: 600_000 }));
      await server.stop();
      await eventually(async () => {
        const [found] = await all(cache.get('k', source, { ttlMs: 600_000 }));
        expect(found?.state).to.equal('hit');
        expect(codes).to.include('warn CACHE_STORE');
      });
      expect((await all(cache.get('other', source, { ttlMs: 600_000 })))[0]?.state).to.equal('miss');
      expect(calls()).to.equal(2);
      await using _ = await startRedis({ port: server.port });
      await eventually(
        async () => {
          // The server has lost what it kept: so it is fetched anew.
          await all(cache.get('k', source, { ttlMs: 600_000 }));
          expect(codes).to.include('info CACHE_STORE');
        },
        { withinMs: 20_000 },
      );
      expect(codes.filter((code) => code.endsWith('CACHE_STORE'))).to.deep.equal([
        'warn CACHE_STORE',
        'info CACHE_STORE',
      ]);
    });
  });
});
