import { expect } from 'chai';
import {
  acknowledge,
  type Bus,
  type DeadLetterFilter,
  type Delivery,
  handle,
  pipeline,
  stage,
  toDeadLetter,
  tokenBucket,
} from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf, expectComplaint } from '../support/expectComplaint.ts';
import { onEachStore } from '../support/onEachStore.ts';

const streams = { orders: { patterns: ['orders.*'], partitions: 4 } };

/** Publishes data of these topics, and has them rejected by a group. */
async function bury(bus: Bus, topics: readonly string[], stream = 'main'): Promise<void> {
  const before = (await bus.stats(stream)).deadLetters;
  await bus.publishMany(
    topics.map((topic, i) => ({ topic, data: { i, topic }, key: `k${i}`, headers: { n: `${i}` } })),
  );
  const source = bus.from('*', { group: 'strict' });
  await using running = pipeline('strict', source, stage('judge', toDeadLetter('no good'))).run();
  await eventually(async () => (await bus.stats(stream)).deadLetters === before + topics.length);
  await running.stop();
}

const invalid = (says: RegExp) => ({ type: 'InvalidOptionError', code: 'INVALID_OPTION', says });

/** What a group is handed once its letters are replayed. */
function handed(bus: Bus, group = 'strict'): Delivery[] {
  const seen: Delivery[] = [];
  bus
    .from('*', { group })
    .pipe(acknowledge())
    .subscribe((delivery) => seen.push(delivery));
  return seen;
}

describe('dead letters', () => {
  onEachStore((world) => {
    it('are found by topic, group, stage, error, time and id', async () => {
      const bus = await world.connect();
      await bury(bus, ['a.x', 'a.y', 'b.x']);
      await using lax = pipeline('lax', bus.from('b.*', { group: 'lax' }), toDeadLetter('not this')).run();
      await eventually(() => lax.counts.settled.reject === 1);
      const topics = async (filter: DeadLetterFilter) => (await bus.deadLetters(filter)).map(({ topic }) => topic);
      const [first, second, , last] = await bus.deadLetters();
      expect(await topics({ topic: 'a.*' })).to.deep.equal(['a.x', 'a.y']);
      expect(await topics({ group: 'lax' })).to.deep.equal(['b.x']);
      expect(await topics({ group: 'strict', topic: '*.x' })).to.deep.equal(['a.x', 'b.x']);
      expect(await topics({ stage: 'judge' })).to.have.length(3);
      expect(await topics({ stage: 'other' })).to.deep.equal([]);
      expect(await topics({ error: 'not this' })).to.deep.equal(['b.x']);
      expect(await topics({ error: /GOOD$/gi })).to.have.length(3);
      expect(await topics({ error: first?.error.name ?? '' })).to.have.length(4);
      expect(await topics({ error: 'RangeError' })).to.deep.equal([]);
      expect(await topics({ since: new Date(last?.time ?? 0), group: 'lax' })).to.deep.equal(['b.x']);
      expect(await topics({ until: first?.time ?? 0 })).to.deep.equal([]);
      expect(await topics({ ids: [first?.id ?? '', `main.0:${second?.id}`, '1-1'] })).to.deep.equal(['a.x', 'a.y']);
      expect(await topics({ where: ({ attempts }) => attempts > 1 })).to.deep.equal([]);
    });

    it('open by id, alone or behind the partition, with what the message said', async () => {
      const bus = await world.connect({ streams });
      await bury(bus, ['orders.a', 'orders.b', 'orders.c', 'orders.d'], 'orders');
      for (const { id, stream } of await bus.deadLetters({ stream: 'orders' })) {
        const letter = await bus.deadLetter(id, { stream });
        const same = await bus.deadLetter(`${stream}:${id}`, { stream: 'orders' });
        expect(letter).to.deep.equal(same);
        expect(letter?.data).to.include({ topic: letter?.topic });
        expect(letter?.headers['n']).to.equal(letter?.key?.slice(1));
        expect(letter).to.include({ id, stream, stage: 'judge', group: 'strict' });
        expect(letter?.publishedAt).to.be.at.most(letter?.time ?? 0);
      }
      for (const unknown of ['1-1', '0-0', 'nonsense', 'orders.1:1-1', '']) {
        expect(await bus.deadLetter(unknown, { stream: 'orders' }), unknown).to.equal(undefined);
      }
    });

    it('are replayed to their group, all or as a filter says, from every partition', async () => {
      const bus = await world.connect({ streams });
      await bury(bus, ['orders.a', 'orders.b', 'orders.a', 'orders.b', 'orders.a'], 'orders');
      const others = handed(bus, 'other');
      await eventually(() => others.length === 5);
      expect(await bus.replay({ topic: '*.a' }, { stream: 'orders' })).to.deep.equal({ replayed: 3, skipped: 0 });
      expect((await bus.stats('orders')).deadLetters).to.equal(2);
      expect(await bus.replay('all', { stream: 'orders' })).to.deep.equal({ replayed: 2, skipped: 0 });
      const seen = handed(bus);
      await eventually(() => seen.length === 5);
      expect(seen.map(({ message }) => message.topic).filter((topic) => topic === 'orders.a')).to.have.length(3);
      expect(others).to.have.length(5);
    });

    it('are replayed with other data, and the rest as it was', async () => {
      const bus = await world.connect();
      await bury(bus, ['a.x', 'a.y']);
      const data = (was: unknown, { topic }: { readonly topic: string }) => ({ was, topic });
      await bus.replay({ topic: 'a.x' }, { data });
      const seen = handed(bus);
      await eventually(() => seen.length === 1);
      expect(seen[0]?.data).to.deep.equal({ was: { i: 0, topic: 'a.x' }, topic: 'a.x' });
      expect(seen[0]?.message).to.deep.include({ key: 'k0', topic: 'a.x' });
      expect(seen[0]?.message.headers).to.include({ n: '0' });
    });

    it('are replayed on another topic to whoever reads that, in their own stream only', async () => {
      const bus = await world.connect({ streams });
      await bury(bus, ['a.x']);
      const others = handed(bus, 'other');
      await eventually(() => others.length === 1);
      const elsewhere = await errorOf(() => bus.replay('all', { topic: 'orders.x' }));
      expectComplaint(elsewhere, invalid(/^topic is 'orders.x': .* main\.0$/));
      expect(await bus.replay('all', { topic: 'b.x' })).to.deep.equal({ replayed: 1, skipped: 0 });
      await eventually(() => others.length === 2);
      expect(others[1]?.message.topic).to.equal('b.x');
    });

    it('are replayed no faster than a limit allows, step by step, until the signal', async () => {
      const bus = await world.connect();
      await bury(
        bus,
        Array.from({ length: 10 }, (_, i) => `a.${i}`),
      );
      const stop = new AbortController();
      const steps: number[] = [];
      const limit = tokenBucket({ rate: 0.001, burst: 4 });
      const result = bus.replay('all', {
        limit,
        signal: stop.signal,
        onProgress: ({ replayed }) => {
          steps.push(replayed);
          if (replayed >= 7) stop.abort();
          else void limit.set({ rate: 1_000, burst: 3 });
        },
      });
      expect((await result).replayed)
        .to.equal(steps.at(-1))
        .and.be.within(7, 9);
      expect(steps[0]).to.equal(4);
    });

    it('that fail again while they are replayed wait for the next time', async () => {
      const bus = await world.connect();
      await bury(
        bus,
        Array.from({ length: 250 }, (_, i) => `a.${i}`),
      );
      await using _ = pipeline('again', bus.from('*', { group: 'strict' }), toDeadLetter('still')).run();
      expect((await bus.replay('all')).replayed).to.equal(250);
      await eventually(async () => (await bus.deadLetters({ error: 'still', count: 1_000 })).length === 250);
    });

    it('keep those whose change fails, and end the replay with what was wrong', async () => {
      const bus = await world.connect();
      await bury(bus, ['a.x', 'a.y']);
      const data = () => {
        throw new RangeError('not like this');
      };
      expect(await errorOf(() => bus.replay('all', { data }))).to.be.instanceOf(RangeError);
      expect((await bus.stats()).deadLetters).to.equal(2);
    });

    it('are purged as a filter says, and told as it goes', async () => {
      const bus = await world.connect();
      await bury(bus, ['a.x', 'a.y', 'b.x']);
      const told: number[] = [];
      expect(await bus.purge({ topic: 'a.*' }, { onProgress: ({ purged }) => told.push(purged) })).to.equal(2);
      expect(told).to.deep.equal([2]);
      expect((await bus.deadLetters()).map(({ topic }) => topic)).to.deep.equal(['b.x']);
      expect(await bus.purge('all')).to.equal(1);
    });

    it('are not all meant by a filter that says nothing, and a misspelt one is refused', async () => {
      const bus = await world.connect();
      for (const act of [bus.replay.bind(bus), bus.purge.bind(bus)]) {
        expectComplaint(await errorOf(() => act({})), invalid(/^which is \{\}: it takes 'all'/));
        // @ts-expect-error no such filter
        const misspelt = () => act({ topics: 'a' });
        expectComplaint(await errorOf(misspelt), invalid(/^filter is 'topics': .* one of ids, topic/));
        expectComplaint(await errorOf(() => act({ since: new Date('x') })), invalid(/^since is .* a Date/));
      }
    });

    it('are not meant by what a filter leaves undefined, or by what is no filter', async () => {
      const bus = await world.connect();
      await bury(bus, ['a.x', 'a.y']);
      const nothing = { group: undefined, ids: undefined } as never;
      expectComplaint(await errorOf(() => bus.purge(nothing)), invalid(/^which is .* it takes 'all'/));
      const wrong = [
        { ids: null },
        { ids: 'a' },
        { group: null },
        { stage: 1 },
        { error: '' },
        { error: 5 },
        { since: null },
      ];
      for (const filter of [...wrong, { until: '24h' }, { where: 0 }]) {
        const [name] = Object.keys(filter);
        expectComplaint(
          await errorOf(() => bus.purge(filter as never)),
          invalid(new RegExp(`^${name} is .* it takes `)),
        );
      }
      expect((await bus.stats()).deadLetters).to.equal(2);
      expect(await bus.purge({ group: undefined, topic: 'a.x' } as never)).to.equal(1);
    });

    it('of handlers that need not be called again stay with the one that failed', async () => {
      const bus = await world.connect();
      let broken = true;
      const work = handle(() => {
        if (broken) throw new RangeError('down');
      });
      await using running = pipeline('work', bus.from('*', { group: 'w', attempts: 1 }), stage('do', work)).run();
      await bus.publish('a', 1);
      await eventually(() => running.counts.settled.reject === 1);
      broken = false;
      await bus.replay({ error: 'RangeError' });
      await eventually(() => running.counts.settled.ack === 1);
      expect((await bus.stats()).deadLetters).to.equal(0);
    });
  });
});
