import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { type Bus, type BusConfig, connect, type Delivery, handle, pipeline, redisStore } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { HoldingProxy } from '../support/holdingProxy.ts';
import { redisFixture } from '../support/redisFixture.ts';
import { work } from '../support/work.ts';

const LANES = ['critical', 'high', 'normal', 'low'].map((tier) => `sluice:{main.0}:${tier}`);
const NORMAL = LANES[2] as string;

/** What hurt the users of comparable systems, each by its own test on a real Redis. */
describe('what hurt users', () => {
  const redis = redisFixture();
  let buses: Bus[];
  beforeEach(async () => {
    buses = [];
    await redis.outside.flushall();
  });
  afterEach(() => Promise.all(buses.map((bus) => bus.close({ deadlineMs: 200 }))));

  async function open(config: BusConfig = {}): Promise<Bus & { readonly codes: string[] }> {
    const bus = await connect({ store: redis.server.url, ...config });
    const codes: string[] = [];
    bus.notices.subscribe(({ code }) => codes.push(code));
    buses.push(bus);
    return Object.assign(bus, { codes });
  }

  /** Acks all that comes; keeps it. */
  function consume(bus: Bus, take: (delivery: Delivery) => void = (delivery) => void delivery.ack()): unknown[] {
    const seen: unknown[] = [];
    bus.from('t.*', { group: 'g', backoff: { initialMs: 1 } }).subscribe((delivery) => {
      seen.push(delivery.data);
      take(delivery);
    });
    return seen;
  }

  const publish = (bus: Bus, count: number, from = 0) =>
    bus.publishMany(Array.from({ length: count }, (_, i) => ({ topic: 't.x', data: from + i })));

  const group = async (bus: Bus) => (await bus.stats()).groups[0];
  const settled = (bus: Bus) =>
    eventually(async () => expect(await group(bus)).to.deep.include({ pending: 0, lag: 0 }), { withinMs: 15_000 });

  it('1. a blocked read that never answers does not leave a worker silently dead', async () => {
    await using proxy = await HoldingProxy.before(redis.server.port);
    const store = redisStore({ url: `redis://127.0.0.1:${proxy.port}`, blockMs: 100, commandTimeoutMs: 300 });
    const bus = await open({ store });
    const seen = consume(bus);
    const producer = await open();
    await publish(producer, 1);
    await eventually(() => expect(seen).to.deep.equal([0]));
    proxy.silence();
    await publish(producer, 1, 1);
    await eventually(() => expect(seen).to.include(1), { withinMs: 15_000 });
    await bus.close({ deadlineMs: 100 });
    store.close().subscribe();
  });

  it('2. NOGROUP ends neither in a hot loop nor in a dead consumer', async () => {
    const bus = await open();
    const seen = consume(bus);
    await publish(bus, 1);
    await settled(bus);
    const calls = async () => {
      const counts = [...(await redis.outside.info('commandstats')).matchAll(/cmdstat_\w+:calls=(\d+)/g)];
      return counts.reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = await calls();
    await redis.outside.flushall();
    await eventually(() => expect(bus.codes).to.include('NO_GROUP'));
    await eventually(async () => expect(await redis.outside.exists(NORMAL)).to.equal(1));
    await publish(bus, 1, 1);
    await eventually(() => expect(seen).to.deep.equal([0, 1]));
    expect((await calls()) - before).to.be.lessThan(300);
  });

  it('3. one undecodable message does not end the subscription', async () => {
    const bus = await open();
    const seen = consume(bus);
    const entry = ['topic', 't.x', 'payload', '{"half":', 'type', '', 'encoding', 'json', 'meta', ''];
    await redis.outside.xadd(NORMAL, '*', ...entry);
    await redis.outside.xadd(NORMAL, '*', 'something', 'else');
    await publish(bus, 1);
    await eventually(() => expect(seen).to.deep.equal([0]));
    await eventually(async () => expect((await bus.stats()).deadLetters).to.equal(2));
    await settled(bus);
  });

  it('4. work that runs elsewhere, for many leases, is not claimed and run twice', async () => {
    const leaseMs = 200;
    const [busy, idle] = [await open({ consume: { leaseMs } }), await open({ consume: { leaseMs } })];
    let finish: (() => void) | undefined;
    const begun: number[] = [];
    for (const bus of [busy, idle]) {
      const slow = handle((number) => {
        begun.push(number as number);
        return new Promise<void>((resolve) => (finish = resolve));
      });
      const running = pipeline('slow', bus.from('t.*', { group: 'g' }), slow).run();
      if (bus === busy) {
        await publish(bus, 1);
        await eventually(() => expect(begun).to.deep.equal([0]));
        expect(running.inHand()).to.have.lengthOf(1);
      }
    }
    // Both leases have been renewed many times over.
    const ends = new Set<string>();
    const key = 'sluice:{main.0}:members:g';
    const renewals = async () => {
      for (const end of await redis.outside.zrange(key, '0', '-1', 'WITHSCORES')) ends.add(end);
      expect(ends.size).to.be.greaterThan(30);
    };
    await eventually(renewals, { withinMs: 15_000 });
    expect(begun).to.deep.equal([0]);
    finish?.();
    await settled(busy);
    expect(begun).to.deep.equal([0]);
  });

  it('5. a takeover reaches beyond the first pending entries, to the last', async () => {
    const COUNT = 3_000;
    const bus = await open({ consume: { leaseMs: 300, credit: 50 } });
    await publish(bus, COUNT);
    await deadConsumer(bus, COUNT);
    const seen = consume(bus);
    await eventually(() => expect(seen).to.have.lengthOf(COUNT), { withinMs: 15_000 });
    expect(new Set(seen).size).to.equal(COUNT);
    await settled(bus);
    expect((await group(bus))?.consumers).to.have.lengthOf(1);
  });

  /** A consumer that took so many and died: its lease is over. */
  async function deadConsumer(bus: Bus, count: number): Promise<void> {
    const member = { stream: 'main.0', group: 'g', consumer: 'dead' };
    const done = { defaultValue: undefined };
    const request = { stream: 'main.0', group: 'g', pattern: 't.*', start: 'earliest' } as const;
    await firstValueFrom(bus.store.createGroup(request), done);
    await firstValueFrom(bus.store.join(member, 1), done);
    await redis.outside.xreadgroup('GROUP', 'g', 'dead', 'COUNT', count, 'STREAMS', NORMAL, '>');
    expect((await group(bus))?.pending).to.equal(count);
  }

  it('6. no consumer that has pending entries is deleted, and what it had is handled', async () => {
    const bus = await open({ consume: { leaseMs: 200, credit: 5 } });
    await publish(bus, 40);
    await deadConsumer(bus, 40);
    const kept: Delivery[] = [];
    const seen = consume(bus, (delivery) => void kept.push(delivery));
    await eventually(() => expect(kept).to.have.lengthOf(5));
    // Renewals, which tidy up, have passed since; the dead one still has what nobody had credit for.
    const member = `${bus.name}`;
    const ends = new Set<string>();
    await eventually(async () => {
      const flat = await redis.outside.zrange('sluice:{main.0}:members:g', '0', '-1', 'WITHSCORES');
      for (const each of flat) if (!each.startsWith(member)) ends.add(each);
      expect(ends.size).to.be.greaterThan(4);
    });
    const consumers = (await redis.outside.xinfo('CONSUMERS', NORMAL, 'g')) as unknown[][];
    expect(consumers.map(([, name]) => name)).to.include('dead');
    const goOn = () => {
      for (const delivery of kept.splice(0)) delivery.ack();
      return group(bus).then((now) => expect(now).to.deep.include({ pending: 0, lag: 0 }));
    };
    await eventually(goOn, { withinMs: 15_000 });
    expect(new Set(seen).size).to.equal(40);
  });

  it('7. settlements whose call failed are told again: nothing runs again, nothing stays owed', async () => {
    await using proxy = await HoldingProxy.before(redis.server.port);
    const bus = await open({ store: `redis://127.0.0.1:${proxy.port}` });
    const kept: Delivery[] = [];
    const seen = consume(bus, (delivery) => void kept.push(delivery));
    await publish(bus, 100);
    await eventually(() => expect(kept).to.have.lengthOf(100));
    proxy.cut();
    for (const delivery of kept) delivery.ack();
    const tried = proxy.connections;
    await eventually(() => expect(proxy.connections).to.be.greaterThan(tried + 1), { withinMs: 15_000 });
    proxy.heal();
    await settled(bus);
    expect(seen).to.have.lengthOf(100);
    expect(bus.codes).not.to.include('SETTLE_FAILED');
  });

  it('8. trimmed entries do not loop in the pending list: they are settled, and reported once', async () => {
    const bus = await open({ consume: { leaseMs: 200 } });
    await publish(bus, 10);
    await deadConsumer(bus, 10);
    await redis.outside.xtrim(NORMAL, 'MAXLEN', 0);
    const seen = consume(bus);
    await settled(bus);
    await eventually(() => expect(bus.codes.filter((code) => code === 'ENTRIES_LOST')).to.have.lengthOf(1));
    await publish(bus, 1, 10);
    await eventually(() => expect(seen).to.deep.equal([10]));
    expect(bus.codes.filter((code) => code === 'ENTRIES_LOST')).to.have.lengthOf(1);
  });

  it('9. a count does not bound the memory, bytes do: of what is kept, and of what waits to be published', async () => {
    const bus = await open({ maxPayloadBytes: 10_000, publish: { bufferBytes: 50_000, full: 'fail', timeoutMs: 200 } });
    const producer = await open();
    await producer.publishMany(Array.from({ length: 600 }, () => ({ topic: 't.x', data: 'x'.repeat(1_000) })));
    await firstValueFrom(bus.store.trim('main.0', { maxEntries: 1_000 }));
    expect(await redis.outside.memory('USAGE', NORMAL, 'SAMPLES', 0)).to.be.greaterThan(600_000);
    await firstValueFrom(bus.store.trim('main.0', { maxEntries: 1_000, maxBytes: 100_000 }));
    expect(await redis.outside.memory('USAGE', NORMAL, 'SAMPLES', 0)).to.be.lessThan(200_000);
    redis.server.pause();
    try {
      const refused: string[] = [];
      const sent = Array.from({ length: 100 }, () =>
        bus.publish('t.x', 'x'.repeat(5_000)).catch(({ name }: Error) => void refused.push(name)),
      );
      await eventually(() => expect(refused.filter((name) => name === 'BufferFullError')).to.have.lengthOf.above(80));
      redis.server.resume();
      await Promise.all(sent);
    } finally {
      redis.server.resume();
    }
  });

  it('10. a move to the dead letters neither loses nor doubles the message, though its answer is lost', async () => {
    await using proxy = await HoldingProxy.before(redis.server.port);
    const bus = await open({ store: `redis://127.0.0.1:${proxy.port}` });
    const kept: Delivery[] = [];
    consume(bus, (delivery) => void kept.push(delivery));
    await publish(bus, 20);
    await eventually(() => expect(kept).to.have.lengthOf(20));
    proxy.dropAnswers();
    for (const delivery of kept) delivery.reject(new Error('no'));
    await eventually(async () => expect(await redis.outside.xlen('sluice:{main.0}:dead')).to.equal(20));
    proxy.cut();
    proxy.heal();
    await settled(bus);
    const letters = await bus.deadLetters({ count: 100 });
    expect(new Set(letters.map(({ entryId }) => entryId)).size).to.equal(20);
    expect(letters).to.have.lengthOf(20);
  });

  it('11. an ack does not wait for the slowest handler, and a busy worker hoards nothing', async () => {
    const [busy, free] = [await open({ consume: { credit: 4 } }), await open()];
    let release: (() => void) | undefined;
    const slow = handle((number) => (number === 0 ? new Promise<void>((resolve) => (release = resolve)) : undefined), {
      concurrency: 4,
    });
    const running = pipeline('busy', busy.from('t.*', { group: 'g' }), slow).run();
    await publish(busy, 1);
    await eventually(() => expect(running.inHand()[0]?.count).to.equal(1));
    await publish(busy, 30, 1);
    // All but the slow one are acked while it still runs, and not because its own bus asks for the books, which flushes.
    await eventually(async () => expect(await group(free)).to.deep.include({ pending: 1, lag: 0 }));
    const hung = pipeline(
      'hung',
      busy.from('h.*', { group: 'h' }),
      handle(() => new Promise<void>(() => undefined)),
    ).run({ notify: () => undefined });
    await busy.publishMany(Array.from({ length: 50 }, (_, i) => ({ topic: 'h.x', data: i })));
    await eventually(() => expect(hung.inHand()[0]?.count).to.equal(4));
    const others: unknown[] = [];
    free.from('h.*', { group: 'h' }).subscribe((delivery) => {
      others.push(delivery.data);
      delivery.ack();
    });
    await eventually(() => expect(others).to.have.lengthOf(46));
    release?.();
    await Promise.all([running.stop(), hung.stop({ deadlineMs: 0 })]);
  });

  it('12. a shutdown drops nothing of what was buffered, on the way in or out', async () => {
    const closing = await open({ consume: { leaseMs: 600_000 }, publish: { linger: 600_000 } });
    const producer = await open();
    await publish(producer, 200);
    const done: unknown[] = [];
    const slow = handle(
      async (number) => {
        await work(5);
        done.push(number);
      },
      { concurrency: 2 },
    );
    pipeline('closing', closing.from('t.*', { group: 'g' }), slow).run({ notify: () => undefined });
    await eventually(() => expect(done).to.have.lengthOf.above(3));
    const lingering = closing.publish('out.x', 'buffered');
    await closing.close({ deadlineMs: 20 });
    await lingering;
    const acked = [...done];
    const seen = consume(producer);
    await settled(producer);
    expect(new Set([...acked, ...seen]).size).to.equal(200);
    expect(acked.length + seen.length, 'what was in flight at the deadline may come twice').to.be.within(200, 202);
    const out: unknown[] = [];
    producer.from('out.*', { group: 'out' }).subscribe((delivery) => {
      out.push(delivery.data);
      delivery.ack();
    });
    await eventually(() => expect(out).to.deep.equal(['buffered']));
  });
});
