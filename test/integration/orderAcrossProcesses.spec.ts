import { expect } from 'chai';
import { type Bus, connect } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { redisFixture } from '../support/redisFixture.ts';
import { TestProcess } from '../support/testProcess.ts';

interface Handled {
  readonly name: string;
  readonly key: string;
  readonly number: number;
  readonly attempt: number;
  /** When it began, in ms since the epoch, by the clock that all of them share. */
  readonly at: number;
}

type Told = Handled | { readonly notice: string } | { readonly ready: true };

const KEYS = 60;
const EACH = 25;
const LEASE_MS = 1_000;

describe('orderBy: key across processes', () => {
  const redis = redisFixture();
  let bus: Bus;
  beforeEach(async () => {
    await redis.outside.flushall();
    bus = await connect({ store: redis.server.url, partitions: 8 });
  });
  afterEach(() => bus.close());

  function keeper(name: string, takesMs: number): TestProcess<Told> {
    return new TestProcess<Told>('keeper', [redis.server.url, name, `${takesMs}`, `${LEASE_MS}`]);
  }

  const handledBy = (...keepers: readonly TestProcess<Told>[]) =>
    keepers.flatMap(({ messages }) => messages.filter((told): told is Handled => 'key' in told));

  const ready = (...keepers: readonly TestProcess<Told>[]) =>
    Promise.all(keepers.map((each) => each.heard((told) => 'ready' in told)));

  /** Publishes, for every key, the orders of these numbers. */
  async function publish(from: number, to: number): Promise<void> {
    for (let number = from; number < to; number += 1) {
      const orders = Array.from({ length: KEYS }, (_, i) => ({ key: `k${i}`, number }));
      await bus.publishMany(orders.map((data) => ({ topic: 'orders.new', data, key: data.key })));
    }
  }

  /** How many partitions each has, by the names of its consumers. */
  async function loads(): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for (const { groups } of (await bus.stats()).partitions) {
      for (const { name } of groups[0]?.consumers ?? []) {
        const process = name.slice(0, name.lastIndexOf('-'));
        counts[process] = (counts[process] ?? 0) + 1;
      }
    }
    return counts;
  }

  const settled = async () => {
    const { groups } = await bus.stats();
    return groups[0]?.pending === 0 && groups[0]?.lag === 0;
  };

  /** Over all processes, the messages of a key begin in order, some of them again; every message was handled. */
  function checkOrder(...keepers: readonly TestProcess<Told>[]): void {
    const all = handledBy(...keepers).sort((a, b) => a.at - b.at);
    const last = new Map<string, number>();
    for (const { name, key, number } of all) {
      expect(number, `${key} went back at ${name}`).to.be.within(last.get(key) ?? 0, (last.get(key) ?? -1) + 1);
      last.set(key, number);
    }
    expect(new Set(all.map(({ key, number }) => `${key} ${number}`)).size).to.equal(KEYS * EACH);
  }

  it('holds as processes come, leave and are killed, and everything is handled', async function () {
    this.timeout(90_000);
    await using one = keeper('one', 20);
    await using two = keeper('two', 20);
    await using three = keeper('three', 20);
    await ready(one, two, three);
    await eventually(async () => expect(Object.values(await loads()).sort()).to.deep.equal([2, 3, 3]), {
      withinMs: 20_000,
    });
    await publish(0, 10);
    await eventually(() => handledBy(two).length > 50, { withinMs: 20_000 });
    await two[Symbol.asyncDispose]();
    await using four = keeper('four', 20);
    await publish(10, 15);
    await eventually(async () => expect((await loads())['four']).to.be.at.least(2), { withinMs: 20_000 });
    await publish(15, 20);
    await eventually(() => handledBy(four).length > 50, { withinMs: 20_000 });
    three.send('stop');
    await publish(20, EACH);
    await three.end();
    await eventually(async () => expect(await loads()).to.deep.equal({ one: 4, four: 4 }), { withinMs: 20_000 });
    await eventually(settled, { withinMs: 60_000 });

    checkOrder(one, two, three, four);
    const retried = handledBy(one, two, three, four).filter(({ number, attempt }) => number % 11 === 5 && attempt > 1);
    expect(new Set(retried.map(({ key, number }) => `${key} ${number}`)).size).to.be.at.least(KEYS);
    expect((await bus.stats()).deadLetters).to.equal(0);
  });

  it('holds when a process stands still beyond its lease: what it had is taken over, and it settles nothing', async function () {
    this.timeout(90_000);
    await using stale = keeper('stale', 30);
    await ready(stale);
    await publish(0, EACH);
    await eventually(() => handledBy(stale).length > 150, { withinMs: 20_000 });
    stale.send('stand still');
    await using heir = keeper('heir', 5);
    await eventually(settled, { withinMs: 60_000 });
    const last = handledBy(heir).filter(({ number }) => number === EACH - 1);
    expect(new Set(last.map(({ key }) => key)).size, 'the heir went on with every key').to.equal(KEYS);
    const resumedAt = performance.timeOrigin + performance.now();
    stale.signal('SIGCONT');
    await stale.heard((told) => 'notice' in told && told.notice === 'FENCED');
    await eventually(async () => expect(await loads()).to.deep.equal({ stale: 4, heir: 4 }), { withinMs: 20_000 });
    // What it had begun ends; nothing that it held goes on, and nothing that it says of it counts.
    expect(handledBy(stale).filter(({ at }) => at >= resumedAt)).to.deep.equal([]);
    expect(await settled()).to.equal(true);
    checkOrder(stale, heir);
    expect((await bus.stats()).deadLetters).to.equal(0);
  });
});
