import { expect } from 'chai';
import { mergeMap, NEVER } from 'rxjs';
import { connect, type Health, handle, redisStore, stage } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf, expectComplaint } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { startRedis } from '../support/redisServer.ts';

const messages = (count: number, topic = 'a.b') => Array.from({ length: count }, (_, data) => ({ topic, data }));

describe('bus.health', () => {
  onEachStore((world) => {
    it('is healthy with nothing to do, and says what is there', async () => {
      const bus = await world.connect({ streams: { orders: { patterns: ['orders.*'], partitions: 3 } } });
      await bus.publishMany(messages(30, 'orders.new'));
      const { status, reasons, store, publishing, streams } = await bus.health();
      expect([status, reasons]).to.deep.equal(['healthy', []]);
      expect(store).to.include({ name: world.store, connected: true });
      expect(store.latencyMs).to.be.above(0);
      expect(publishing).to.deep.equal({ messages: 0, bytes: 0, maxBytes: 16 * 1024 * 1024 });
      expect(streams.map(({ stream, entries }) => [stream, entries])).to.deep.equal([
        ['main', 0],
        ['orders', 30],
      ]);
    });

    it('tells what is in hand, by stage, and what waits', async () => {
      const bus = await world.connect();
      const reading = bus
        .from('a.*', { group: 'slow', credit: 4, drainMs: 0 })
        .pipe(
          stage(
            'stuck',
            mergeMap(() => NEVER),
          ),
        )
        .subscribe();
      await bus.publishMany(messages(10));
      let health = await bus.health();
      await eventually(async () => {
        health = await bus.health();
        expect(health.sources[0]?.inHand).to.equal(4);
      });
      const [source] = health.sources;
      expect(source).to.include({ stream: 'main.0', group: 'slow', pattern: 'a.*', reading: true, untold: 0 });
      expect(source?.unsettled.map(({ stage: name, count }) => [name, count])).to.deep.equal([['stuck', 4]]);
      const [group] = health.streams[0]?.groups ?? [];
      expect(group).to.include({ name: 'slow', consumers: 1, pending: 4, beyond: 0 });
      expect(health.status).to.equal('healthy');
      reading.unsubscribe();
    });

    it('refuses a time that makes no sense', async () => {
      const bus = await world.connect();
      const error = await errorOf(() => bus.health({ timeoutMs: -1 }));
      expectComplaint(error, { type: 'InvalidOptionError', code: 'INVALID_OPTION', says: 'timeoutMs' });
    });

    it('is degraded while a group owes and has no consumer', async () => {
      const bus = await world.connect();
      const reading = bus.from('a.*', { group: 'g' }).subscribe();
      await eventually(async () => expect((await bus.stats()).groups).to.have.length(1));
      reading.unsubscribe();
      await bus.publishMany(messages(3));
      await eventually(async () => {
        const { status, reasons } = await bus.health();
        expect([status, reasons]).to.deep.equal([
          'degraded',
          ["group 'g' on stream 'main' has no consumer and owes 3 entries"],
        ]);
      });
    });

    it('is unhealthy once the bus is closed', async () => {
      const bus = await world.connect();
      await bus.close();
      const { status, reasons } = await bus.health();
      expect([status, reasons]).to.deep.equal(['unhealthy', ['the bus is closed']]);
    });
  });

  it('says within its time that the server does not answer, and never rejects', async () => {
    await using server = await startRedis();
    await using bus = await connect({ store: redisStore({ url: server.url, commandTimeoutMs: 60_000 }) });
    server.pause();
    const frozen = await bus.health({ timeoutMs: 100 });
    server.resume();
    const unhealthy = ({ status, store: { connected } }: Health) => [status, connected];
    expect(unhealthy(frozen)).to.deep.equal(['unhealthy', false]);
    expect(frozen.store.error).to.equal('no answer within 100 ms');
    await eventually(async () => expect((await bus.health()).status).to.equal('healthy'));
    await server.kill();
    const dead = await bus.health();
    expect(unhealthy(dead)).to.deep.equal(['unhealthy', false]);
    expect(dead.reasons[0]).to.match(/^the store can't be used: /);
    const { store } = bus;
    await bus.close({ deadlineMs: 0 });
    store.close().subscribe();
  });
});

describe('bus.metrics', () => {
  onEachStore((world) => {
    for (const records of ['single', 'batched'] as const) {
      it(`counts what was published and what became of it, message by message, ${records}`, async () => {
        const bus = await world.connect({ records, consume: { attempts: 2, backoff: { initialMs: 0 } } });
        await bus.publishMany(messages(100));
        bus
          .from('a.*', { group: 'g' })
          .pipe(
            handle((data) => {
              if ((data as number) % 10 === 0) throw new Error('every tenth');
            }),
          )
          .subscribe((delivery) => delivery.ack());
        await eventually(() => {
          const { handedOut, ack, retry, release, reject, lost, inHand } = bus.metrics().consumed;
          expect({ handedOut, ack, retry, release, reject, lost, inHand }).to.deep.equal({
            handedOut: 110,
            ack: 90,
            retry: 10,
            release: 0,
            reject: 10,
            lost: 0,
            inHand: 0,
          });
        });
        const { published, buffer, consumed, errors } = bus.metrics();
        expect(published).to.include({ messages: 100, failed: 0 });
        expect(published.bytes).to.be.above(100);
        expect(published.streams['main.0']?.messages).to.equal(100);
        expect(consumed.groups.map(({ stream, group }) => [stream, group])).to.deep.equal([['main.0', 'g']]);
        expect([buffer.messages, errors]).to.deep.equal([0, {}]);
      });
    }

    it('counts what is refused', async () => {
      const bus = await world.connect({ maxPayloadBytes: 1_000, publish: { bufferBytes: 1_000, full: 'fail' } });
      const results = await Promise.allSettled(Array.from({ length: 10 }, () => bus.publish('a.b', 'x'.repeat(700))));
      const refused = results.filter(({ status }) => status === 'rejected').length;
      expect(refused).to.be.above(0);
      expect(bus.metrics().published).to.include({ failed: refused, messages: 10 - refused });
    });
  });
});
