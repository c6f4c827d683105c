import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { type Bus, connect, handle, pipeline, type RunningPipeline } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { redisFixture } from '../support/redisFixture.ts';
import { TestProcess } from '../support/testProcess.ts';

const LEASE_MS = 60;

/** Consumers that take all there is and are never heard of again, one after another. */
async function die({ store }: Bus, count: number, times: number, exclusive = false): Promise<void> {
  const stream = 'main.0';
  await lastValueFrom(store.createGroup({ stream, group: 'g', pattern: 'jobs.*', start: 'earliest' }));
  for (let i = 0; i < times; i += 1) {
    const member = { stream, group: 'g', consumer: `dead-${i}` };
    const join = () => lastValueFrom(store.join(member, LEASE_MS, { exclusive })).then(() => true);
    // The only one before it is not dead until its lease is over.
    await eventually(() => join().catch(() => false));
    const credit = { critical: 0, high: 0, normal: count, low: 0 };
    let had = 0;
    await eventually(async () => {
      const taken = await firstValueFrom(store.take({ member, credit, waitMs: 2 * LEASE_MS, inHand: () => [] }));
      for (const { count = 1, parts } of taken.entries) had += parts?.length ?? count;
      return had === count;
    });
  }
}

interface Work {
  readonly handled: unknown[];
  readonly running: RunningPipeline;
  /** The most that were out at once. */
  readonly most: () => number;
}

function work(bus: Bus, attempts: number, orderBy?: 'key'): Work {
  const handled: unknown[] = [];
  let [out, most] = [0, 0];
  const running = pipeline(
    'work',
    bus.from('jobs.*', { group: 'g', attempts, ...(orderBy && { orderBy }) }),
    handle(
      async (data) => {
        out += 1;
        most = Math.max(most, out);
        await new Promise((resolve) => setImmediate(resolve));
        out -= 1;
        handled.push(data);
      },
      { concurrency: 100 },
    ),
  ).run();
  return { handled, running, most: () => most };
}

describe('what was in the hands of consumers that died', () => {
  onEachStore((world) => {
    for (const records of ['single', 'batched'] as const) {
      const numbers = Array.from({ length: 12 }, (_, i) => i);
      const filled = async (): Promise<Bus> => {
        const bus = await world.connect({ records });
        await bus.publishMany(numbers.map((data) => ({ topic: 'jobs.a', data })));
        return bus;
      };

      it(`comes together after one death (${records})`, async () => {
        const bus = await filled();
        await die(bus, 12, 1);
        const { handled, most } = work(bus, 5);
        await eventually(() => handled.length === 12);
        expect(most()).to.be.greaterThan(1);
      });

      it(`comes one at a time after two, and then all goes on as before (${records})`, async () => {
        const bus = await filled();
        await die(bus, 12, 2);
        const { handled, most } = work(bus, 5);
        await eventually(() => handled.length === 12);
        expect([most(), handled]).to.deep.equal([1, numbers]);
        await bus.publishMany(numbers.map((data) => ({ topic: 'jobs.a', data })));
        await eventually(() => handled.length === 24);
        expect(most()).to.be.greaterThan(1);
        await eventually(async () => (await bus.stats()).groups[0]?.pending === 0);
      });

      it(`is given up once its attempts are used up, and says who died with it (${records})`, async () => {
        const bus = await filled();
        await die(bus, 12, 3);
        const { handled } = work(bus, 3);
        await eventually(async () => (await bus.deadLetters()).length === 12);
        const [letter] = await bus.deadLetters();
        expect(letter).to.include({ attempts: 4, group: 'g', topic: 'jobs.a' });
        expect(letter?.error.name).to.equal('PoisonError');
        expect(letter?.error.message).to.include('handed out 3 times').and.to.include('dead-0, dead-1, dead-2');
        expect(handled).to.deep.equal([]);
      });
    }

    it('keeps the order of a key, and none is given up that an only consumer died with twice', async () => {
      const bus = await world.connect();
      const numbers = Array.from({ length: 12 }, (_, i) => i);
      await bus.publishMany(numbers.map((data) => ({ topic: 'jobs.a', data, key: `k${data % 2}` })));
      await die(bus, 12, 2, true);
      const { handled, most } = work(bus, 2, 'key');
      await eventually(() => handled.length === 12);
      expect([most(), handled]).to.deep.equal([1, numbers]);
      expect((await bus.stats()).deadLetters).to.equal(0);
    });
  });
});

describe('a message that kills its process', () => {
  const redis = redisFixture();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'poison-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const way of ['exit', 'SIGKILL']) {
    it(`ends in the dead letters, and none of the 255 others with it (${way})`, async () => {
      await redis.outside.flushall();
      const file = join(folder, 'handled');
      writeFileSync(file, '');
      await using bus = await connect({ store: redis.server.url });
      const numbers = Array.from({ length: 256 }, (_, i) => (i === 100 ? -1 : i));
      await bus.publishMany(numbers.map((data) => ({ topic: 'jobs.a', data })));
      const handled = () => new Set(readFileSync(file, 'utf8').trim().split('\n').map(Number));
      let starts = 0;
      const owed = async () => (await bus.stats()).groups[0]?.pending;
      const isOver = async () => handled().size === 255 && (await owed()) === 0;
      while (!(await isOver())) {
        starts += 1;
        await using victim = new TestProcess<{ ready: true }>('victim', [redis.server.url, file, way]);
        await eventually(async () => victim.ended || (await isOver()), { withinMs: 30_000 });
      }
      const [letter] = await bus.deadLetters();
      // Five die, the sixth finds it used up.
      expect(starts).to.equal(6);
      expect(letter?.error.name).to.equal('PoisonError');
      expect(letter?.error.message).to.include('handed out 5 times').and.to.include('5 consumers');
      expect(handled()).to.deep.equal(new Set(numbers.filter((number) => number >= 0)));
      // What was settled is not remembered any longer.
      expect(await redis.outside.keys('*:deaths:*')).to.deep.equal([]);
    }).timeout(60_000);
  }
});
