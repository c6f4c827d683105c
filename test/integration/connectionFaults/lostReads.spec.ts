import { expect } from 'chai';
import { connect, redisStore } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { HoldingProxy } from '../../support/holdingProxy.ts';
import { redisFixture } from '../../support/redisFixture.ts';

describe('a blocked read whose connection is lost', () => {
  const redis = redisFixture();
  beforeEach(() => redis.outside.flushall());

  /** Clients that wait in an XREADGROUP, by the server's books. */
  const blocked = async () => String(await redis.outside.client('LIST')).match(/cmd=xreadgroup/g)?.length ?? 0;

  /** Publishes through a connection of its own, so that only what the proxy serves is disturbed. */
  async function publish(text: string): Promise<void> {
    await using bus = await connect(redis.server.url);
    await bus.publish('t.x', text);
  }

  it('brings what the server still handed out on it, though the user may not end it there', async () => {
    await redis.outside.acl('SETUSER', 'limited', 'on', '>secret', '~*', '&*', '+@all', '-client|kill');
    await using proxy = await HoldingProxy.before(redis.server.port);
    const bus = await connect(`redis://limited:secret@127.0.0.1:${proxy.port}`);
    bus.notices.subscribe();
    const seen: unknown[] = [];
    bus.from('t.*', { group: 'g' }).subscribe((delivery) => {
      seen.push(delivery.data);
      delivery.ack();
    });
    await eventually(async () => (await blocked()) === 1);
    proxy.leaveServerAlone();
    // The lost read was there first, so the server serves it first.
    await eventually(async () => (await blocked()) === 2, { everyMs: 5 });
    await publish('a');
    await eventually(() => expect(seen).to.deep.equal(['a']), { withinMs: 10_000 });
    await eventually(async () => expect((await bus.stats()).groups[0]?.pending).to.equal(0));
    await bus.close();
  });

  it('is replaced when it never answers, and reading goes on', async () => {
    await using proxy = await HoldingProxy.before(redis.server.port);
    const store = redisStore({ url: `redis://127.0.0.1:${proxy.port}`, blockMs: 200, commandTimeoutMs: 500 });
    const bus = await connect({ store });
    bus.notices.subscribe();
    const seen: unknown[] = [];
    bus.from('t.*', { group: 'g' }).subscribe((delivery) => {
      seen.push(delivery.data);
      delivery.ack();
    });
    await eventually(async () => (await blocked()) === 1);
    const before = proxy.connections;
    proxy.silence();
    await publish('a');
    await eventually(() => expect(seen).to.deep.equal(['a']), { withinMs: 15_000 });
    expect(proxy.connections).to.be.greaterThan(before);
    await bus.close();
    store.close().subscribe();
  });
});
