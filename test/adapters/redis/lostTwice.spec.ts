import { expect } from 'chai';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import { CuttingProxy } from '../../support/cuttingProxy.ts';
import { eventually } from '../../support/eventually.ts';
import { type RedisServer, startRedis } from '../../support/redisServer.ts';
import { done, enter, failure, member, record, STREAM, take, textOf } from './support.ts';

describe('redisStore: when the answer that brings what was lost is lost as well', () => {
  let server: RedisServer;
  let proxy: CuttingProxy;
  let url: string;

  before(async () => {
    server = await startRedis();
    proxy = new CuttingProxy(server.port, 'payload');
    url = `redis://127.0.0.1:${await proxy.listen()}`;
  });
  after(async () => {
    await proxy.close();
    await server.stop();
  });

  for (const times of [1, 2, 3]) {
    it(`hands the message out in the end, ${times} lost answers later`, async () => {
      const store = redisStore({ url, blockMs: 200, commandTimeoutMs: 1_000, namespace: `n${times}` });
      await done(store.open());
      await enter(store);
      await done(store.append(STREAM, [record('m')]));
      proxy.toLose = times;
      const credit = { critical: 1, high: 1, normal: 1, low: 1 };
      const ask = () => failure(store.take({ member: member(), credit, waitMs: 0, inHand: () => [] }));
      while (proxy.toLose > 0) await ask();
      await eventually(async () => {
        const { entries } = await take(store, { waitMs: 100 });
        expect(entries.map(textOf)).to.deep.equal(['m']);
        expect(entries[0]?.attempt).to.equal(1);
      });
      await done(store.close());
    });
  }
});
