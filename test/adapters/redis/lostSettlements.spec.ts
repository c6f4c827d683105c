import { expect } from 'chai';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import { ACK, type Outcome } from '../../../src/core/outcome.ts';
import type { Entry } from '../../../src/core/store.ts';
import { eventually } from '../../support/eventually.ts';
import { RedisNode } from '../../support/redisNode.ts';
import { done, enter, record, STREAM, settle, take, textOf } from './support.ts';

const AGAIN: Outcome = { kind: 'retry', delayMs: 0, error: new Error('again') };

describe('redisStore: when a server comes back without what it had confirmed', () => {
  for (const outcome of [AGAIN, ACK]) {
    it(`hands out once more what it had been told '${outcome.kind}' of, and nothing that is in hand`, async () => {
      const node = await RedisNode.start();
      const store = redisStore({ url: node.url });
      await done(store.open());
      await enter(store);
      await done(store.append(STREAM, [record('settled'), record('held')]));
      const [settled, held] = (await take(store)).entries as [Entry, Entry];
      // A failover to a replica that is behind does the same.
      await node.run('SAVE');
      await settle(store, settled, outcome);
      await node.kill();
      await node.start();
      const entries: Entry[] = [];
      await eventually(async () => {
        entries.push(...(await take(store, { waitMs: 50, inHand: () => [held] })).entries);
        return entries.length > 0;
      });
      expect(entries.map((entry) => [textOf(entry), entry.attempt])).to.deep.equal([['settled', 1]]);
      await done(store.close());
      await node.stop();
    });
  }

  it('hands out once more what is settled at an attempt that it does not know of', async () => {
    const node = await RedisNode.start();
    const store = redisStore({ url: node.url });
    await done(store.open());
    await enter(store);
    await done(store.append(STREAM, [record('again')]));
    const [first] = (await take(store)).entries as [Entry];
    await node.run('SAVE');
    await settle(store, first, AGAIN);
    const [second] = (await take(store)).entries as [Entry];
    expect(second.attempt).to.equal(2);
    await node.kill();
    await node.start();
    const { priority, id } = second;
    const none = async () => (await take(store, { waitMs: 50, inHand: () => [{ priority, id }] })).entries;
    await eventually(async () => expect(await none()).to.deep.equal([]));
    expect(await none()).to.deep.equal([]);
    await settle(store, second, AGAIN);
    const { entries } = await take(store, { waitMs: 500 });
    expect(entries.map((entry) => [textOf(entry), entry.attempt])).to.deep.equal([['again', 1]]);
    await done(store.close());
    await node.stop();
  });
});
