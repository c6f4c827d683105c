import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import type { StreamStore } from '../../../src/core/store.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { done, enter, record, STREAM, take } from './support.ts';

const LANE = `sluice:{${STREAM}}:normal`;

describe('redisStore: the lag of a group', () => {
  const redis = redisFixture();
  let store: StreamStore;

  beforeEach(async () => {
    await redis.outside.flushall();
    store = redisStore({ url: redis.server.url });
    await enter(store);
    await done(
      store.append(
        STREAM,
        ['a', 'b', 'c'].map((payload) => record(payload)),
      ),
    );
  });
  afterEach(() => done(store.close()));

  const lag = async () => (await firstValueFrom(store.stats(STREAM))).groups[0]?.lag;

  it('is none once the last entry was handed out, though the counter of the server is stale', async () => {
    expect(await lag()).to.equal(3);
    const { entries } = await take(store);
    // As on a replica that took over: its place is right, its count is not.
    await redis.outside.xgroup('SETID', LANE, 'g', entries.at(-1)?.id as string, 'ENTRIESREAD', 1);
    expect(await lag()).to.equal(0);
  });
});
