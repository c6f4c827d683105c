import { expect } from 'chai';
import { lastValueFrom } from 'rxjs';
import { connect, redisStore, type StreamStore } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { RedisSentinel } from '../../support/redisSentinel.ts';
import { Traffic } from '../../support/traffic.ts';

describe('Redis behind sentinels under traffic', function () {
  this.timeout(120_000);
  let sentinel: RedisSentinel;
  let count = 0;
  before(async () => {
    // Longer than a machine that is short of time keeps a server waiting: a master that is replaced while it is well takes
    // confirmed messages with it, and that would be the test's doing.
    sentinel = await RedisSentinel.start({ downAfterMs: 5_000 });
  });
  after(() => sentinel.stop());

  /** Messages that every replica has, and traffic beside them. */
  async function flowing(store: string | StreamStore = sentinel.url): Promise<Traffic> {
    count += 1;
    const traffic = await Traffic.start({ store, namespace: `t${count}`, partitions: 2 });
    await traffic.publish(500);
    await traffic.arrived();
    await sentinel.replicated();
    traffic.flow();
    return traffic;
  }

  /** Goes on until so many more have been handled. */
  async function goesOn(traffic: Traffic): Promise<void> {
    const before = traffic.handled.length;
    await eventually(() => traffic.handled.length > before + 500, { withinMs: 30_000 });
  }

  it('asks the next sentinel where one is gone', async () => {
    const [first] = sentinel.sentinels;
    await first?.kill();
    await using bus = await connect({ store: sentinel.url, namespace: 'other' });
    await bus.publish('n', 1);
    await first?.start();
    await sentinel.healthy();
  });

  it('goes on when the sentinels put another in the place of a master that is well', async () => {
    await using traffic = await flowing();
    const safe = traffic.confirmed.slice(0, 500);
    const before = await sentinel.master();
    const now = await sentinel.failover();
    expect(now).not.to.equal(before);
    // The old one is made a replica some ten seconds later: whoever stays with it till then loses what it writes.
    await traffic.dry();
    const written = await now.offset();
    await eventually(
      async () => {
        await traffic.publish(100);
        // More than the sentinels write there by themselves.
        expect(await now.offset()).to.be.above(written + 5_000);
      },
      { withinMs: 4_000 },
    );
    expect((await before.info('replication'))['role']).to.equal('master');
    const late = traffic.confirmed.length;
    await traffic.publish(100);
    await traffic.arrived([...safe, ...traffic.confirmed.slice(late)]);
    expect(traffic.refused).to.deep.equal([]);
  });

  it('goes on at the next master when the master stands still, without waiting for its answers', async () => {
    const store = redisStore({ url: sentinel.url, namespace: 'still', commandTimeoutMs: 120_000, blockMs: 120_000 });
    await using _ = { [Symbol.asyncDispose]: () => lastValueFrom(store.close(), { defaultValue: undefined }) };
    await using traffic = await flowing(store);
    await traffic.dry();
    await sentinel.replicated();
    const master = await sentinel.master();
    master.pause();
    traffic.flow();
    await sentinel.masterAfter(master);
    await goesOn(traffic);
    master.resume();
    await traffic.dry();
    await traffic.arrived();
    expect(traffic.refused).to.deep.equal([]);
  });

  it('goes on at the next master when the master is killed, and has what was there before', async () => {
    await using traffic = await flowing();
    await traffic.dry();
    await sentinel.replicated();
    const master = await sentinel.master();
    await master.kill();
    traffic.flow();
    await sentinel.masterAfter(master);
    await goesOn(traffic);
    await traffic.dry();
    await traffic.arrived();
    expect(traffic.refused).to.deep.equal([]);
    // It says that it tries again once a partition, and does so at intervals.
    expect(
      traffic.notices.map(({ code }) => code),
      await traffic.report(),
    )
      .to.have.length.within(1, 4)
      .and.satisfy(only('STORE_RETRY'));
  });
});

function only(code: string): (codes: readonly string[]) => boolean {
  return (codes) => codes.every((each) => each === code);
}
