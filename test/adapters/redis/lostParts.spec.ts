import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import { ACK } from '../../../src/core/outcome.ts';
import type { Entry, HeldRef, StreamStore } from '../../../src/core/store.ts';
import { batchOf, messagesOf, partsOf } from '../../../src/testing/contract/batchOf.ts';
import { CuttingProxy } from '../../support/cuttingProxy.ts';
import { eventually } from '../../support/eventually.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { done, enter, failure, member, STREAM, settle, take, taking } from './support.ts';

const RETRY = { kind: 'retry', delayMs: 0 } as const;

describe('redisStore: when answers about record batches in parts are lost', () => {
  const redis = redisFixture();
  let proxy: CuttingProxy;
  let store: StreamStore;

  beforeEach(async () => {
    await redis.outside.flushall();
    proxy = new CuttingProxy(redis.server.port, 'payload');
    const url = `redis://127.0.0.1:${await proxy.listen()}`;
    store = redisStore({ url, blockMs: 200, commandTimeoutMs: 1_000 });
    await done(store.open());
    await enter(store);
    await done(store.append(STREAM, [batchOf(['a', 'b', 'c', 'd'])]));
  });
  afterEach(async () => {
    await done(store.close());
    await proxy.close();
  });

  /** Takes, and loses the answer. */
  async function loseOne(inHand: () => Iterable<HeldRef> = () => []): Promise<void> {
    proxy.toLose = 1;
    while (proxy.toLose > 0) await failure(taking(store, { inHand }));
  }

  /** What the next takes bring, until there is something. */
  async function next(inHand: () => Iterable<HeldRef> = () => []): Promise<Entry> {
    let entries: readonly Entry[] = [];
    await eventually(async () => {
      entries = (await take(store, { waitMs: 100, inHand })).entries;
      return entries.length > 0;
    });
    return entries[0] as Entry;
  }

  it('hands out the whole that was lost, at the attempt it had', async () => {
    await loseOne();
    const entry = await next();
    expect(messagesOf(entry).map(([, attempt]) => attempt)).to.deep.equal([1, 1, 1, 1]);
    await settle(store, entry, ACK);
  });

  it('says who died with what was lost', async () => {
    const consumers = async () => (await firstValueFrom(store.stats(STREAM))).groups[0]?.consumers.length;
    await done(store.join(member('dead'), 1));
    expect((await take(store, { member: member('dead') })).entries).to.have.length(1);
    await eventually(async () => (await consumers()) === 1);
    await loseOne();
    const entry = await next();
    expect([entry.attempt, entry.deaths]).to.deep.equal([2, ['dead']]);
  });

  it('hands out the messages that were lost, at the attempts they had, and none of what is in hand', async () => {
    const entry = await next();
    await done(store.settle(member(), [partsOf(entry, [1, 3], RETRY), partsOf(entry, [2], ACK)]));
    const { priority, id } = entry;
    const inHand = () => [{ priority, id, index: 0 }];
    await loseOne(inHand);
    const again = await next(inHand);
    expect(messagesOf(again)).to.deep.equal([
      ['b', 2],
      ['d', 2],
    ]);
    await done(store.settle(member(), [partsOf(again, [1, 3], ACK), partsOf(entry, [0], ACK)]));
    expect(await redis.outside.hlen(`sluice:{${STREAM}}:parts:g`)).to.equal(0);
    expect(await redis.outside.zcard(`sluice:{${STREAM}}:holds:g`)).to.equal(0);
  });

  it('finds messages in hand by the books of the store alone, too', async () => {
    const entry = await next();
    await done(store.settle(member(), [partsOf(entry, [1], RETRY)]));
    await loseOne();
    expect(messagesOf(await next())).to.deep.equal([['b', 2]]);
  });

  it('does not ack as a whole what the server has in parts though it never said so', async () => {
    const entry = await next();
    redis.server.pause();
    const settling = failure(store.settle(member(), [partsOf(entry, [0], { kind: 'retry', delayMs: 60_000 })]));
    expect((await settling).message).to.include('did not answer');
    redis.server.resume();
    await eventually(() => done(store.open()).then(() => true));
    await eventually(async () => (await redis.outside.hlen(`sluice:{${STREAM}}:parts:g`)) === 1);
    await settle(store, entry, ACK);
    const { groups } = await firstValueFrom(store.stats(STREAM));
    expect(groups[0]?.pending).to.equal(4);
  });
});
