import { expect } from 'chai';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import type { StreamStore } from '../../../src/core/store.ts';
import { type Bus, connect, type RecordForm } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { done } from './support.ts';

const FORMS: readonly RecordForm[] = [{ records: 'single' }, { records: 'batched' }];
const COMMAND_MS = 300;

describe('redisStore: when the answers about a retry and about its hand-out are lost together', () => {
  const redis = redisFixture();
  let store: StreamStore;
  let bus: Bus;

  beforeEach(async () => {
    await redis.outside.flushall();
    store = redisStore({ url: redis.server.url, blockMs: 200, commandTimeoutMs: COMMAND_MS, connectTimeoutMs: 500 });
  });
  afterEach(async () => {
    redis.server.resume();
    await bus.close();
    await done(store.close());
  });

  for (const form of FORMS) {
    it(`hands the next attempt out, with records '${form.records}'`, async () => {
      bus = await connect({ store, ...form });
      const told: string[] = [];
      bus.notices.subscribe(({ code }) => told.push(code));
      await bus.publishMany([0, 1].map((data) => ({ topic: 'orders.new', data })));
      const seen: [unknown, number][] = [];
      bus.from('orders.*', { group: 'g' }).subscribe((delivery) => {
        seen.push([delivery.data, delivery.attempt]);
        if (delivery.data !== 1 || delivery.attempt > 1) return void delivery.ack();
        // The server gets the retry and the next take, and its answers come to a connection that was given up.
        redis.server.pause();
        delivery.retry();
        const pausedAt = performance.now();
        // The take, as its reader tells; and the retry, which went with it.
        const givenUp = () => told.includes('STORE_RETRY') && performance.now() - pausedAt > COMMAND_MS + 50;
        void eventually(givenUp).then(() => redis.server.resume());
      });
      await eventually(() => seen.length === 3, { withinMs: 10_000 });
      expect(seen).to.deep.equal([
        [0, 1],
        [1, 1],
        [1, 2],
      ]);
      await eventually(async () => (await bus.stats()).groups[0]?.pending === 0);
    });
  }
});
