import { expect } from 'chai';
import { type MonoTypeOperatorFunction, type OperatorFunction, tap } from 'rxjs';
import {
  type Bus,
  batch,
  type Delivery,
  handle,
  mergeByPriority,
  type Pipeline,
  pipeline,
  prioritize,
  stage,
} from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';

const LOW = 3_000;
const CREDIT = 100;
const AT_ONCE = 4;

/** Handlers that start, and end only when they are told to. */
class Workshop {
  readonly started: unknown[] = [];
  /** Deliveries that were read, by topic. */
  readonly read = new Map<string, number>();
  private readonly running: (() => void)[] = [];
  private open = false;

  readonly work = (data: unknown): Promise<void> => {
    this.started.push(data);
    return this.open ? Promise.resolve() : new Promise((resolve) => this.running.push(resolve));
  };

  counting(): MonoTypeOperatorFunction<Delivery> {
    return tap(({ message: { topic } }) => this.read.set(topic, (this.read.get(topic) ?? 0) + 1));
  }

  /** Ends the handler that has run for longest. */
  endOne(): void {
    this.running.shift()?.();
  }

  /** Ends all of them, and whatever starts from now on. */
  endAll(): void {
    this.open = true;
    for (const end of this.running.splice(0)) end();
  }
}

type Shop = (bus: Bus, shop: Workshop) => Pipeline;
type Stage = OperatorFunction<Delivery, Delivery>;

const source = (bus: Bus, shop: Workshop, pattern = 'jobs.*', group = 'shop') =>
  bus.from(pattern, { group, credit: CREDIT }).pipe(shop.counting());
const handling = ({ work }: Workshop): Stage => handle(work, { concurrency: AT_ONCE });

const SHOPS: Readonly<Record<string, Shop>> = {
  'handle alone': (bus, shop) => pipeline('shop', source(bus, shop), stage('work', handling(shop))),
  'prioritize, strict': (bus, shop) =>
    pipeline(
      'shop',
      source(bus, shop),
      stage('order', prioritize({ maxInFlight: AT_ONCE })),
      stage('work', handling(shop)),
    ),
  'prioritize, weighted': (bus, shop) =>
    pipeline(
      'shop',
      source(bus, shop),
      stage('order', prioritize({ maxInFlight: AT_ONCE, policy: 'weighted' })),
      stage('work', handling(shop)),
    ),
  mergeByPriority: (bus, shop) => {
    const sources = {
      critical: source(bus, shop, 'jobs.alert', 'alerts'),
      low: source(bus, shop, 'jobs.bulk', 'bulk'),
    };
    return pipeline('shop', mergeByPriority(sources, { maxInFlight: AT_ONCE }), stage('work', handling(shop)));
  },
};

describe('priorities, from publish to handler', () => {
  onEachStore((world) => {
    for (const [name, shopOf] of Object.entries(SHOPS)) {
      it(`${name}: a critical message is next, though thousands of low ones wait and every handler is busy`, async () => {
        const bus = await world.connect();
        const low = Array.from({ length: LOW }, (_, i) => ({ topic: 'jobs.bulk', data: i, priority: 'low' as const }));
        await bus.publishMany(low);
        const shop = new Workshop();
        await using running = shopOf(bus, shop).run();
        // The whole credit of the tier is out, and waits for the handlers.
        await eventually(() => shop.read.get('jobs.bulk') === CREDIT && shop.started.length === AT_ONCE);

        for (const round of [1, 2, 3]) {
          await bus.publish('jobs.alert', `alert ${round}`, { priority: 'critical' });
          // It is read, though the credit of the low ones is out.
          await eventually(() => shop.read.get('jobs.alert') === round);
          const before = shop.started.length;
          shop.endOne();
          await eventually(() => shop.started.length === before + 1);
          expect(shop.started.at(-1)).to.equal(`alert ${round}`);
          shop.endOne();
          await eventually(() => shop.started.length === before + 2);
        }
        shop.endAll();
        await eventually(() => running.counts.settled.ack === LOW + 3, { withinMs: 20_000 });
        expect(new Set(shop.started).size).to.equal(LOW + 3);
      });
    }

    it('prioritize in front of a batch that is larger than what may be in flight: none waits for ever', async () => {
      const [bus, shop] = [await world.connect(), new Workshop()];
      await bus.publishMany(Array.from({ length: 300 }, (_, i) => ({ topic: 'jobs.bulk', data: i })));
      const sizes: number[] = [];
      await using running = pipeline(
        'batches',
        source(bus, shop),
        stage('order', prioritize({ maxInFlight: 30 })),
        stage('gather', batch({ maxSize: 500 })),
        stage(
          'write',
          handle(async (jobs: readonly unknown[]) => void sizes.push(jobs.length), { concurrency: 2 }),
        ),
      ).run();
      await eventually(() => running.counts.settled.ack === 300);
      expect(Math.max(...sizes)).to.equal(30);
    });

    it('a pipeline with prioritize drains when it is stopped', async () => {
      const bus = await world.connect();
      const shop = new Workshop();
      const running = pipeline(
        'shop',
        source(bus, shop),
        stage('order', prioritize({ maxInFlight: 2 })),
        stage('work', handling(shop)),
      ).run();
      await bus.publishMany(Array.from({ length: 20 }, (_, i) => ({ topic: 'jobs.bulk', data: i })));
      await eventually(() => running.counts.received === 20 && shop.started.length === 2);
      const stopped = running.stop({ deadlineMs: 5_000 });
      shop.endAll();
      expect(await stopped).to.deep.include({ drained: true, left: [] });
      expect(running.counts.settled.ack + running.counts.settled.release).to.equal(20);
    });
  });
});

describe('publish.linger, from publish to store', () => {
  onEachStore((world) => {
    /** How many messages the store has in each tier. */
    const kept = async (bus: Bus) => {
      const { critical, high, normal, low } = (await bus.stats()).lanes;
      return [critical, high, normal, low].map(({ length }) => length);
    };

    it('holds back the tiers it names, and no other waits behind them', async () => {
      const bus = await world.connect({ publish: { linger: { low: 60_000 } } });
      const other = await world.connect();
      let sent = false;
      const low = bus.publish('jobs.bulk', 1, { priority: 'low' }).then(() => {
        sent = true;
      });
      for (const priority of ['critical', 'high', 'normal'] as const) await bus.publish('jobs.x', 1, { priority });
      expect([await kept(bus), sent]).to.deep.equal([[1, 1, 1, 0], false]);
      await bus.close();
      await low;
      expect(await kept(other)).to.deep.equal([1, 1, 1, 1]);
    });

    it('sends when there is company enough, long before its time', async () => {
      const bus = await world.connect({ publish: { linger: { low: 60_000 }, maxBatch: 3 } });
      const publish = (data: number) => bus.publish('jobs.bulk', data, { priority: 'low' });
      await Promise.all([1, 2, 3].map(publish));
      expect(await kept(bus)).to.deep.equal([0, 0, 0, 3]);
    });

    it('sends when the time is over, with what came meanwhile', async () => {
      const bus = await world.connect({ publish: { linger: { critical: 0, low: 30 } } });
      const sent: string[] = [];
      const publish = async (priority: 'critical' | 'low', name: string) => {
        await bus.publish('jobs.x', name, { priority });
        sent.push(name);
      };
      const all = [publish('low', 'low 1'), publish('critical', 'critical'), publish('low', 'low 2')];
      await Promise.all(all);
      expect(sent).to.deep.equal(['critical', 'low 1', 'low 2']);
    });
  });
});
