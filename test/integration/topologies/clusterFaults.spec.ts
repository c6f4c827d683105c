import { expect } from 'chai';
import { lastValueFrom } from 'rxjs';
import { redisStore, type StreamStore } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { RedisCluster } from '../../support/redisCluster.ts';
import type { RedisNode } from '../../support/redisNode.ts';
import { Traffic } from '../../support/traffic.ts';

describe('Redis Cluster under traffic', function () {
  this.timeout(120_000);
  let cluster: RedisCluster;
  let count = 0;
  before(async () => {
    // Longer than a machine that is short of time keeps a server waiting: the only failovers are to be the test's own.
    cluster = await RedisCluster.start({ nodeTimeoutMs: 4_000 });
  });
  after(() => cluster.stop());

  /** Traffic over six partitions, which is under way. */
  async function flowing(given?: StreamStore): Promise<Traffic> {
    count += 1;
    const store = given ?? cluster.url;
    const traffic = await Traffic.start({ store, namespace: `t${count}`, partitions: 6 });
    await traffic.publish(500);
    await traffic.arrived();
    traffic.flow();
    return traffic;
  }

  const keyOf = (partition: number) => `t${count}:{main.${partition}}:normal`;

  /** Goes on until so many more have been handled. */
  async function goesOn(traffic: Traffic, more = 500): Promise<void> {
    const before = traffic.handled.length;
    await eventually(() => traffic.handled.length > before + more, { withinMs: 30_000 });
  }

  /** Everything that was confirmed has been handled, and the cluster is whole again. */
  async function endsWell(traffic: Traffic): Promise<void> {
    await traffic.dry();
    await traffic.arrived();
    expect(traffic.refused).to.deep.equal([]);
    await cluster.healthy();
  }

  async function another(than: RedisNode): Promise<RedisNode> {
    return (await cluster.masters()).find((node) => node !== than) as RedisNode;
  }

  it('loses and doubles nothing while slots move to and fro', async () => {
    await using traffic = await flowing();
    for (const partition of [0, 1, 0, 2]) {
      const slot = await cluster.slotOf(keyOf(partition));
      await cluster.migrateSlot(slot, await another(await cluster.masterOf(slot)));
      await goesOn(traffic, 200);
    }
    await endsWell(traffic);
    expect(traffic.repeated).to.equal(0);
  });

  it('waits while the keys of a slot are on their way, half of them here and half there', async () => {
    await using traffic = await flowing();
    const slot = await cluster.slotOf(keyOf(0));
    const to = await another(await cluster.masterOf(slot));
    await cluster.beginMigration(slot, to);
    await cluster.moveKeys(slot, to, 3);
    const patient = () =>
      traffic.notices.some(({ message }) => message.includes(`can't serve slot ${slot} now: TRYAGAIN`));
    await eventually(patient, { withinMs: 10_000 });
    while ((await cluster.moveKeys(slot, to, 10)) > 0);
    await cluster.endMigration(slot, to);
    await goesOn(traffic, 200);
    await endsWell(traffic);
    expect(traffic.repeated).to.equal(0);
  });

  it('loses nothing when a replica takes over from its master', async () => {
    await using traffic = await flowing();
    const [replica] = await cluster.replicasOf(await cluster.masterOf(keyOf(0)));
    await cluster.failover(replica as RedisNode);
    await goesOn(traffic);
    await endsWell(traffic);
  });

  it('goes on by itself when a master is killed, and has what was there before', async () => {
    await using traffic = await flowing();
    await traffic.dry();
    await cluster.replicated();
    const master = await cluster.masterOf(keyOf(0));
    await master.kill();
    traffic.flow();
    await eventually(async () => (await cluster.masterOf(keyOf(0))) !== master, { withinMs: 20_000 });
    await goesOn(traffic);
    await traffic.dry();
    await traffic.arrived();
    expect(traffic.refused).to.deep.equal([]);
    await master.start();
    await cluster.healthy();
  });

  it('goes on by itself when a master stands still, without waiting for its answers', async () => {
    const timeouts = { commandTimeoutMs: 120_000, blockMs: 120_000 };
    const store = redisStore({ url: cluster.url, namespace: `t${count + 1}`, ...timeouts });
    await using _ = { [Symbol.asyncDispose]: () => lastValueFrom(store.close(), { defaultValue: undefined }) };
    await using traffic = await flowing(store);
    await traffic.dry();
    await cluster.replicated();
    const master = await cluster.masterOf(keyOf(0));
    master.pause();
    traffic.flow();
    await eventually(async () => (await cluster.masterOf(keyOf(0))) !== master, { withinMs: 20_000 });
    await goesOn(traffic);
    master.resume();
    await cluster.healthy();
    await traffic.dry();
    await traffic.arrived();
    expect(traffic.refused).to.deep.equal([]);
  });
});
