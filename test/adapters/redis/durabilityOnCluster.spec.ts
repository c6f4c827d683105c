import { expect } from 'chai';
import { Redis } from 'ioredis';
import { firstValueFrom } from 'rxjs';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import type { Durability, StreamStore } from '../../../src/core/store.ts';
import { DurabilityError } from '../../../src/core/storeErrors.ts';
import { eventually } from '../../support/eventually.ts';
import { RedisCluster } from '../../support/redisCluster.ts';
import { done, failure, record } from './support.ts';

const STREAMS = Array.from({ length: 6 }, (_, n) => `main.${n}`);
const replicated = (replicas = 1): Durability => ({ level: 'replicated', replicas, timeoutMs: 20_000 });

describe('durability replicated on a Cluster', () => {
  let cluster: RedisCluster;
  let store: StreamStore;
  before(async () => {
    cluster = await RedisCluster.start({ masters: 3, replicas: 1, args: ['--repl-diskless-sync-delay', '0'] });
    store = redisStore({ url: cluster.url });
  });
  after(async () => {
    await done(store.close());
    await cluster.stop();
  });

  /** How often the nodes ran WAIT. */
  async function waits(): Promise<readonly number[]> {
    const counts = cluster.nodes.map(async ({ port }) => {
      const client = new Redis(port, '127.0.0.1');
      const found = /cmdstat_wait:calls=(\d+)/.exec(await client.info('commandstats'));
      client.disconnect();
      return Number(found?.[1] ?? 0);
    });
    return (await Promise.all(counts)).filter((count) => count > 0);
  }

  it('is confirmed by the replicas of the node that has the stream', async () => {
    for (const stream of STREAMS) {
      await eventually(() => done(store.checkDurability(stream, replicated())), { withinMs: 20_000 });
      const [ref] = await firstValueFrom(store.append(stream, [record('x')], undefined, replicated()));
      expect(ref?.id).to.match(/^\d+-\d+$/);
    }
    const counts = await waits();
    expect(counts.length).to.be.above(1);
    expect(counts.reduce((sum, count) => sum + count)).to.be.at.least(STREAMS.length);
  });

  it('is refused if that node has too few, by its name', async () => {
    const error = await failure(store.checkDurability('main.0', replicated(2)));
    expect(error).to.be.instanceOf(DurabilityError);
    expect(error.message).to.match(/at 127\.0\.0\.1:\d+: it has 1 replicas online, of the 2 that must confirm/);
  });
});
