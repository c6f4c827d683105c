import { expect } from 'chai';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import type { StreamStore } from '../../../src/core/store.ts';
import { eventually } from '../../support/eventually.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { done, member, record, STREAM, take, textOf } from './support.ts';

const LANE = `sluice:{${STREAM}}:normal`;

describe('redisStore: the only consumer of a group', () => {
  const redis = redisFixture();
  let store: StreamStore;

  beforeEach(async () => {
    await redis.outside.flushall();
    store = redisStore({ url: redis.server.url });
    await done(store.createGroup({ stream: STREAM, group: 'g', pattern: '*', start: 'earliest' }));
    await done(store.join(member(), 60_000, { exclusive: true }));
  });
  afterEach(() => done(store.close()));

  const append = (...payloads: readonly string[]) =>
    done(
      store.append(
        STREAM,
        payloads.map((payload) => record(payload)),
      ),
    );

  /** The payloads of so many takes in turn. */
  async function takes(count: number, waitMs = 0): Promise<readonly string[]> {
    const payloads: string[] = [];
    for (let i = 0; i < count; i += 1) payloads.push(...(await take(store, { waitMs })).entries.map(textOf));
    return payloads;
  }

  const blocked = (count: number) =>
    eventually(async () =>
      expect(String(await redis.outside.info('clients'))).to.match(new RegExp(`blocked_clients:${count}\\b`)),
    );

  it('is handed what a stale one read before what comes after it', async () => {
    await append('a', 'b', 'c');
    // What one does that lost its lease and does not know it yet: it reads for the group.
    await redis.outside.xreadgroup('GROUP', 'g', 'stale', 'COUNT', 1, 'STREAMS', LANE, '>');
    expect(await takes(2)).to.deep.equal(['a', 'b', 'c']);
    expect(await redis.outside.xpending(LANE, 'g', '-', '+', 10, 'stale')).to.deep.equal([]);
  });

  it('is handed it so when both were waiting, and the stale one was served first', async () => {
    const stale = redis.outside.duplicate();
    const stolen = stale.xreadgroup('GROUP', 'g', 'stale', 'COUNT', 1, 'BLOCK', 20_000, 'STREAMS', LANE, '>');
    await blocked(1);
    const taking = takes(1, 20_000);
    await blocked(2);
    await redis.outside
      .multi()
      .xadd(LANE, '*', ...fields('a'))
      .xadd(LANE, '*', ...fields('b'))
      .exec();
    expect(await stolen).to.have.length(1);
    expect(await taking).to.deep.equal(['a', 'b']);
    stale.disconnect();
  });

  it('counts no attempt for what it was handed while it waited', async () => {
    const taking = take(store, { waitMs: 20_000 });
    await blocked(1);
    await append('a');
    expect((await taking).entries.map(({ attempt }) => attempt)).to.deep.equal([1]);
  });
});

function fields(payload: string): readonly string[] {
  return ['topic', 'a.b', 'payload', payload, 'type', '', 'encoding', 'json', 'meta', ''];
}
