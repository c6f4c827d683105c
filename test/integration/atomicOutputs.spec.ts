import { expect } from 'chai';
import { type Observable, tap } from 'rxjs';
import {
  AtomicOutputError,
  type Bus,
  batch,
  connect,
  type Delivery,
  fromObservable,
  mapData,
  partitionOf,
  pipeline,
  routeTopics,
  splitData,
} from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { TestProcess } from '../support/testProcess.ts';

/** The data of everything that was published to the topics so far, by the time this resolves. */
async function outputs(bus: Bus, pattern = 'out.*'): Promise<unknown[]> {
  const found: { topic: string; data: unknown }[] = [];
  const end = `end.${Math.random().toString(36).slice(2)}`;
  const view = bus.subscribe('*', { from: 'earliest' }).subscribe((message) => found.push(message));
  await bus.publish(end, null, { priority: 'normal' });
  await eventually(() => found.some(({ topic }) => topic === end));
  view.unsubscribe();
  return found.filter(({ topic }) => topic.startsWith(pattern.slice(0, -1))).map(({ data }) => data);
}

async function owed(bus: Bus, group = 'g'): Promise<number | undefined> {
  const found = (await bus.stats()).groups.find(({ name }) => name === group);
  return found && found.pending + (found.lag ?? 0);
}

async function publishAll(bus: Bus, count: number): Promise<void> {
  await bus.publishMany(Array.from({ length: count }, (_, data) => ({ topic: 'in.x', data })));
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const byNumber = (data: unknown[]) => (data as number[]).toSorted((a, b) => a - b);

describe('to(topic, { atomic: true })', () => {
  onEachStore((world) => {
    /** Runs a flow until nothing is owed, each delivery acked at its end. */
    async function drained(bus: Bus, flow: (source: Observable<Delivery>) => Observable<Delivery>): Promise<void> {
      const errors: unknown[] = [];
      const running = flow(bus.from('in.*', { group: 'g' })).subscribe({
        next: (delivery) => void delivery.ack(),
        error: (error) => errors.push(error),
      });
      await eventually(async () => errors.length > 0 || (await owed(bus)) === 0);
      running.unsubscribe();
      if (errors.length > 0) throw errors[0];
    }

    for (const records of ['single', 'batched'] as const) {
      it(`keeps each output with the ack of its input: inputs ${records}`, async () => {
        const bus = await world.connect({ records });
        await publishAll(bus, 300);
        await drained(bus, (source) => source.pipe(bus.to('out.x', { atomic: true, priority: 'high' })));
        expect(byNumber(await outputs(bus))).to.deep.equal(upTo(300));
      });

      it(`leaves no output of a delivery that is not acked, and one once it is: inputs ${records}`, async () => {
        const bus = await world.connect({ records, consume: { backoff: { initialMs: 1 } } });
        await publishAll(bus, 40);
        const fails = ({ data, attempt }: Delivery) => (data as number) % 4 === 1 && attempt === 1;
        await drained(bus, (source) =>
          source.pipe(
            bus.to('out.x', { atomic: true }),
            tap((delivery) => {
              if (fails(delivery)) delivery.fail(new Error('not yet'));
              else if (delivery.data === 2) delivery.reject(new Error('never'));
            }),
          ),
        );
        expect(byNumber(await outputs(bus))).to.deep.equal(upTo(40).filter((i) => i !== 2));
        expect((await bus.deadLetters()).length).to.equal(1);
      });
    }

    it('keeps the outputs of all parts of a delivery in one step, or none', async () => {
      const bus = await world.connect({ consume: { backoff: { initialMs: 1 } } });
      await bus.publish('in.x', ['a', 'b', 'c']);
      const attempts: number[] = [];
      const seen: unknown[][] = [];
      await drained(bus, (source) =>
        source.pipe(
          splitData((data) => data as string[]),
          bus.to('out.x', { atomic: true }),
          tap((part) => {
            if (part.data !== 'c') return;
            attempts.push(part.attempt);
            if (part.attempt === 1) part.fail(new Error('not yet'));
          }),
        ),
      );
      seen.push(await outputs(bus));
      expect(attempts).to.deep.equal([1, 2]);
      expect(seen).to.deep.equal([['a', 'b', 'c']]);
    });

    it('keeps what several branches, and several sinks in a row, put out', async () => {
      const bus = await world.connect();
      await bus.publish('in.a', 1);
      await bus.publish('in.b', 2);
      await drained(
        bus,
        routeTopics({
          'in.a': (source) => source.pipe(bus.to('out.a', { atomic: true })),
          'in.b': (source) =>
            source.pipe(
              bus.to('out.b', { atomic: true }),
              mapData((data) => (data as number) * 10),
              bus.to('out.c', { atomic: true }),
            ),
        }) as (source: Observable<Delivery>) => Observable<Delivery>,
      );
      expect(byNumber(await outputs(bus))).to.deep.equal([1, 2, 20]);
    });

    it('works with several partitions and an order by key: the output has the key of its input, or none', async () => {
      const bus = await world.connect({ partitions: 4 });
      const messages = upTo(80).map((data) => ({ topic: 'in.x', data, key: `k${data % 7}` }));
      await bus.publishMany(messages);
      const sink = bus.to('out.x', { atomic: true });
      const running = bus
        .from('in.*', { group: 'g', orderBy: 'key' })
        .pipe(sink)
        .subscribe((d) => void d.ack());
      await eventually(async () => (await owed(bus)) === 0);
      running.unsubscribe();
      const found = await outputs(bus);
      expect(byNumber(found)).to.deep.equal(upTo(80));
      for (const key of upTo(7)) {
        const ofKey = (found as number[]).filter((data) => data % 7 === key);
        expect(ofKey).to.deep.equal(byNumber(ofKey));
      }
    });

    it('ends the stream where the topic is bound to another stream, names both, and loses nothing', async () => {
      const bus = await world.connect({ streams: { results: { patterns: ['out.*'], partitions: 2 } } });
      await bus.publish('in.x', 1);
      const run = pipeline('copy', bus.from('in.*', { group: 'g' }), bus.to('out.x', { atomic: true })).run({
        notify: () => undefined,
      });
      let error: AtomicOutputError | undefined;
      await run.done.catch((cause) => {
        error = cause;
      });
      expect(error).to.be.instanceOf(AtomicOutputError);
      expect(error?.code).to.equal('ATOMIC_STREAM');
      expect(error?.message).to.equal(
        "an output to 'out.x' can't be atomic: its input is in 'main.0', and the topic is bound to another stream, " +
          "'results.0', 'results.1', where one step can't reach; bind both topics to one stream, or leave `atomic` out",
      );
      expect(await bus.deadLetters()).to.deep.equal([]);
      await drained(bus, (source) => source.pipe(bus.to('out.x')));
    });

    it('dead-letters an output whose key belongs to another partition, and names both', async () => {
      const bus = await world.connect({ partitions: 2 });
      const [key = ''] = ['a', 'b', 'c', 'd', 'e'].filter((other) => partitionOf(other, 2) !== partitionOf('k', 2));
      await bus.publish('in.x', 1, { key: 'k' });
      await drained(bus, (source) => source.pipe(bus.to('out.x', { atomic: true, key })));
      const [letter] = await bus.deadLetters();
      expect(letter?.error.name).to.equal('AtomicOutputError');
      expect(letter?.error.message).to.include(
        `its input is in partition 'main.${partitionOf('k', 2)}', and its key '${key}' belongs to 'main.${partitionOf(key, 2)}'`,
      );
      expect(await outputs(bus)).to.deep.equal([]);
    });

    it('refuses what is joined, what another bus read, and what was acked before', async () => {
      const bus = await world.connect();
      const other = await world.connect({ store: 'memory' });
      const refusal = async (flow: (source: Observable<Delivery>) => Observable<unknown>) => {
        await bus.publish('in.x', 1);
        return new Promise<string>((resolve, reject) => {
          flow(bus.from('in.*', { group: 'g' })).subscribe({
            error: ({ code }) => resolve(code),
            complete: () => reject(new Error('no error')),
          });
        });
      };
      const sink = <D extends Delivery>() => bus.to<D>('out.x', { atomic: true });
      await bus.publish('in.x', 0);
      expect(await refusal((source) => source.pipe(batch({ maxSize: 2 }), sink()))).to.equal('ATOMIC_BATCH');
      expect(await refusal((source) => source.pipe(other.to('out.x', { atomic: true })))).to.equal('ATOMIC_SOURCE');
      const acked = (source: Observable<Delivery>) => source.pipe(tap((delivery) => void delivery.ack()));
      expect(await refusal((source) => acked(source).pipe(sink()))).to.equal('ATOMIC_SETTLED');
      const local = new Promise((resolve) => fromObservable([1]).pipe(sink()).subscribe({ error: resolve }));
      expect(((await local) as AtomicOutputError).code).to.equal('ATOMIC_SOURCE');
      expect(await outputs(bus)).to.deep.equal([]);
    });
  });

  describe('when consumers are killed', () => {
    let server: RedisServer;
    before(async () => {
      server = await startRedis();
    });
    after(() => server.stop());

    for (const records of ['single', 'batched'] as const) {
      it(`has every output once and none missing: ${records}`, async () => {
        const namespace = 'sluice';
        const bus = await connect({ store: server.url, namespace, records, publish: { maxBatch: 20 } });
        const count = 1_500;
        try {
          await publishAll(bus, count);
          const kept = async () => (await outputs(bus)).length;
          for (const killAt of [1, 200, 700, 1_500]) {
            await using copier = new TestProcess('copier', [server.url, records]);
            await copier.heard();
            await eventually(async () => (await kept()) >= killAt, { withinMs: 20_000 });
          }
          await using last = new TestProcess('copier', [server.url, records]);
          await last.heard();
          await eventually(async () => (await owed(bus, 'copiers')) === 0, { withinMs: 20_000 });
          const found = await outputs(bus);
          expect(byNumber(found)).to.deep.equal(upTo(count).flatMap((i) => [i, i]));
        } finally {
          await bus.close();
          await server[Symbol.asyncDispose]();
          server = await startRedis();
        }
      }).timeout(60_000);
    }
  });
});
