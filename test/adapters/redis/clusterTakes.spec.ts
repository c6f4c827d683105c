import { expect } from 'chai';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import type { Entry, StreamStore } from '../../../src/core/store.ts';
import { eventually } from '../../support/eventually.ts';
import { RedisCluster } from '../../support/redisCluster.ts';
import type { RedisNode } from '../../support/redisNode.ts';
import { done, enter, member, record, STREAM, settle, take, textOf } from './support.ts';

const LANE = `sluice:{${STREAM}}:normal`;

describe('redisStore: takes on a Cluster', function () {
  this.timeout(60_000);
  let cluster: RedisCluster;
  let store: StreamStore;
  before(async () => {
    cluster = await RedisCluster.start();
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    for (const master of await cluster.masters()) await master.run('FLUSHALL');
    // So long that it is not what ends a read that waits.
    store = redisStore({ url: cluster.url, blockMs: 30_000 });
    await done(store.open());
    await enter(store);
  });
  afterEach(() => done(store.close()));

  /** A take that waits at its node. */
  async function waiting(): Promise<[hand: Promise<readonly Entry[] | Error>, node: RedisNode]> {
    const hand = take(store, { waitMs: 30_000 }).then(
      ({ entries }) => entries,
      (error: Error) => error,
    );
    const node = await cluster.masterOf(LANE);
    await eventually(async () => / flags=\S*b/.test(String(await node.run('CLIENT', 'LIST'))));
    return [hand, node];
  }

  it('go along when their slot moves while they wait', async () => {
    const [hand, node] = await waiting();
    const next = (await cluster.masters()).find((master) => master !== node) as RedisNode;
    await cluster.migrateSlot(await cluster.slotOf(LANE), next);
    await eventually(async () => / flags=\S*b/.test(String(await next.run('CLIENT', 'LIST'))));
    await done(store.append(STREAM, [record('moved')]));
    const [entry] = (await hand) as readonly Entry[];
    expect([textOf(entry as Entry), entry?.attempt]).to.deep.equal(['moved', 1]);
    await settle(store, entry as Entry, { kind: 'ack' });
  });

  it('go along when a replica takes over while they wait', async () => {
    const [hand, node] = await waiting();
    const [replica] = await cluster.replicasOf(node);
    await cluster.failover(replica as RedisNode);
    await eventually(() => done(store.append(STREAM, [record('taken over')])), { withinMs: 20_000 });
    expect(((await hand) as readonly Entry[]).map(textOf)).to.deep.equal(['taken over']);
    await cluster.healthy();
  });

  it('find at the next master what the last had handed out and never told', async () => {
    const [hand, node] = await waiting();
    const fields = ['topic', 't', 'payload', '"untold"', 'type', '', 'encoding', 'json', 'meta', ''];
    const script = `
      redis.call('XADD', KEYS[1], '*', unpack(ARGV))
      return redis.call('XREADGROUP', 'GROUP', 'g', 'c1', 'STREAMS', KEYS[1], '>')`;
    await node.run('EVAL', script, 1, LANE, ...fields);
    await cluster.replicated();
    await node.kill();
    const outcome = await hand;
    const entries: Entry[] = outcome instanceof Error ? [] : [...outcome];
    await eventually(
      async () => {
        entries.push(...(await take(store, { waitMs: 100, inHand: () => entries })).entries);
        return entries.length > 0;
      },
      { withinMs: 20_000 },
    );
    expect(entries.map((entry) => [textOf(entry), entry.attempt])).to.deep.equal([['"untold"', 1]]);
    await settle(store, entries[0] as Entry, { kind: 'ack' });
    const pending = await (await cluster.masterOf(LANE)).run('XPENDING', LANE, 'g', '-', '+', 10, member().consumer);
    expect(pending).to.deep.equal([]);
  });
});
