import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import { encodeMeta } from '../../core/meta.ts';
import type { DelayedRecord, DelayedRef, Due, ScheduledRef, StoreRecord, Turn } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { eventually } from './eventually.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

/** So late that no case sees it. */
const FAR: Due = { afterMs: 86_400_000 };
const SOON: Due = { afterMs: 100 };
const PAST: Due = { atMs: 1_000 };

/** A record whose payload is its id. */
function delayed(id: string, due: Due = FAR, more: Partial<StoreRecord> = {}): DelayedRecord {
  return { ...recordOf(id, { meta: encodeMeta({ id }), ...more }), id, due };
}

function once(id: string): StoreRecord {
  return recordOf(id, { once: { id, forMs: 60_000, most: 1_000 } });
}

function schedule(world: ContractWorld, records: readonly DelayedRecord[], turn?: Turn) {
  return firstValueFrom(world.store.schedule(world.stream, records, turn));
}

function cancel(world: ContractWorld, ...ids: readonly string[]): Promise<number> {
  const refs: DelayedRef[] = ids.map((id) => ({ topic: 'contract.topic', id }));
  return firstValueFrom(world.store.cancel(world.stream, refs));
}

function fresh(refs: readonly ScheduledRef[]): readonly boolean[] {
  return refs.map(({ duplicate }) => duplicate === undefined);
}

async function waiting(world: ContractWorld): Promise<number> {
  return (await world.stats()).delayed;
}

/** What is kept for later: hidden until it is due, then there for everybody. */
export const delayCases: readonly ContractCase[] = [
  {
    rule: 'until it is due nobody has it, and stats count it apart',
    run: async (world) => {
      await world.group();
      const refs = await schedule(world, [delayed('a'), delayed('b', FAR, { priority: 'high' })]);
      assert.deepEqual(refs, [
        { priority: 'normal', id: 'a' },
        { priority: 'high', id: 'b' },
      ]);
      await (await world.consumer()).takeNothing();
      assert.deepEqual((await world.read()).entries, []);
      const { delayed: count, lanes } = await world.stats();
      assert.deepEqual([count, lanes.normal.length, lanes.high.length], [2, 0, 0]);
    },
  },
  {
    rule: 'once it is due, a take that waits has it, whole',
    run: async (world) => {
      await world.group();
      const meta = encodeMeta({ id: 'a', key: 'k', headers: { h: '1' } });
      const more = { priority: 'low', type: 't', encoding: 'x', meta } as const;
      await schedule(world, [{ ...delayed('a', SOON, more), payload: Buffer.from([0, 255, 10]) }]);
      const entry = await (await world.consumer()).takeOne({ waitMs: 10_000 });
      const { priority, topic, type, encoding, meta: kept, attempt } = entry;
      assert.deepEqual({ priority, topic, type, encoding, meta: kept }, { topic: 'contract.topic', ...more });
      assert.deepEqual([...Buffer.from(entry.payload as Uint8Array)], [0, 255, 10]);
      assert.equal(attempt, 1);
      assert.equal(await waiting(world), 0);
    },
  },
  {
    rule: 'a take that waited before it was scheduled has it too',
    run: async (world) => {
      await world.group();
      const taking = (await world.consumer()).takeOne({ waitMs: 10_000 });
      await schedule(world, [delayed('a', SOON)]);
      assert.equal(textOf(await taking), 'a');
    },
  },
  {
    rule: 'what is due is handed out in order of due time, then in the order it came',
    run: async (world) => {
      await world.group();
      const at = Date.now() + 150;
      const due = (ms: number): Due => ({ atMs: at + ms });
      await schedule(world, [delayed('c', due(2)), delayed('d', due(2)), delayed('b', due(1))]);
      await schedule(world, [delayed('e', due(2)), delayed('a', due(0))]);
      const entries = await (await world.consumer()).takeAll(5);
      assert.deepEqual(entries.map(textOf), ['a', 'b', 'c', 'd', 'e']);
    },
  },
  {
    rule: 'what is due already is appended at once, in order of due time',
    run: async (world) => {
      await schedule(world, [delayed('b', { atMs: 2 }), delayed('a', { atMs: 1 }), delayed('c', { afterMs: 0 })]);
      assert.deepEqual((await world.read()).entries.map(textOf), ['a', 'b', 'c']);
      assert.equal(await waiting(world), 0);
    },
  },
  {
    rule: 'thousands that fall due while nobody reads are all there, each once, for every group',
    run: async (world) => {
      const ids = numbered(2_500);
      await schedule(
        world,
        ids.map((id) => delayed(id, SOON)),
      );
      await world.group('one');
      await world.group('two');
      for (const group of ['one', 'two']) {
        const consumer = await world.consumer({ group });
        const found: string[] = [];
        await eventually(async () => {
          found.push(...(await consumer.payloads()));
          assert.equal(found.length, ids.length);
        });
        assert.deepEqual(found, ids);
      }
    },
  },
  {
    rule: 'a view has it once it is due',
    run: async (world) => {
      const { cursor } = await world.read({ from: 'latest' });
      await schedule(world, [delayed('a', SOON)]);
      await eventually(async () => {
        const { entries } = await world.read({ from: { cursor }, waitMs: 1_000 });
        assert.deepEqual(entries.map(textOf), ['a']);
      });
    },
  },
  {
    rule: 'cancelled, it never comes; and only what waits is counted',
    run: async (world) => {
      await world.group();
      await schedule(world, [delayed('a', SOON), delayed('b', SOON), delayed('c', FAR), delayed('past', PAST)]);
      assert.equal(await cancel(world, 'a', 'c', 'past', 'unknown'), 2);
      assert.equal(await cancel(world, 'a'), 0);
      const entries = await (await world.consumer()).takeAll(2);
      assert.deepEqual(entries.map(textOf), ['past', 'b']);
      assert.equal(await waiting(world), 0);
    },
  },
  {
    rule: 'of many, those cancelled are gone and the others come in order',
    run: async (world) => {
      const ids = numbered(200);
      const at = Date.now() + 300;
      await schedule(
        world,
        ids.map((id, i) => delayed(id, { atMs: at + i })),
      );
      const kept = ids.filter((_, i) => i % 4 === 0);
      assert.equal(await cancel(world, ...ids.filter((id) => !kept.includes(id))), 150);
      assert.equal(await waiting(world), kept.length);
      await world.group();
      const consumer = await world.consumer();
      assert.deepEqual((await consumer.takeAll(kept.length)).map(textOf), kept);
    },
  },
  {
    rule: 'a topic and id that wait are kept once, at the first due time; another topic is another',
    run: async (world) => {
      assert.deepEqual(fresh(await schedule(world, [delayed('a'), delayed('a', PAST)])), [true, false]);
      assert.deepEqual(fresh(await schedule(world, [delayed('a', PAST)])), [false]);
      assert.deepEqual(fresh(await schedule(world, [delayed('a', FAR, { topic: 'contract.other' })])), [true]);
      assert.equal(await waiting(world), 2);
      assert.deepEqual((await world.read()).entries, []);
    },
  },
  {
    rule: 'a repeated turn is kept once and answers as it did, though its records have come due',
    run: async (world) => {
      const records = [delayed('a', PAST), delayed('b', SOON), delayed('b', SOON)];
      const turn = { sender: 's', number: 1 };
      const refs = await schedule(world, records, turn);
      assert.deepEqual(fresh(refs), [true, true, false]);
      await world.group();
      const consumer = await world.consumer();
      await consumer.takeAll(2);
      assert.deepEqual(await schedule(world, records, turn), refs);
      await consumer.takeNothing();
      assert.equal(await waiting(world), 0);
      assert.deepEqual(fresh(await schedule(world, [delayed('c')], { sender: 's', number: 2 })), [true]);
    },
  },
  {
    rule: 'an id that is to be kept once is known to appends, before and after it is due; and theirs to it',
    run: async (world) => {
      const append = async (id: string) => {
        const [ref] = await firstValueFrom(world.store.append(world.stream, [once(id)]));
        return ref?.duplicate;
      };
      await schedule(world, [delayed('a', FAR, once('a')), delayed('b', PAST, once('b'))]);
      assert.deepEqual([await append('a'), await append('b'), await append('c')], [true, true, undefined]);
      assert.deepEqual(fresh(await schedule(world, [delayed('c', PAST, once('c'))])), [false]);
      assert.deepEqual((await world.read()).entries.map(textOf), ['b', 'c']);
    },
  },
  {
    rule: 'cancelled, its id is new again',
    run: async (world) => {
      await schedule(world, [delayed('a', FAR, once('a'))]);
      assert.equal(await cancel(world, 'a'), 1);
      assert.deepEqual(fresh(await schedule(world, [delayed('a', PAST, once('a'))])), [true]);
      assert.deepEqual((await world.read()).entries.map(textOf), ['a']);
    },
  },
  {
    rule: 'bounds leave alone what waits',
    run: async (world) => {
      await world.append('x');
      await schedule(world, [delayed('a')]);
      await firstValueFrom(world.store.trim(world.stream, { maxEntries: 0, maxAgeMs: 1, maxBytes: 0 }));
      const { delayed: count, lanes } = await world.stats();
      assert.deepEqual([count, lanes.normal.length], [1, 0]);
    },
  },
  {
    rule: 'scheduled here, it is cancelled and taken there',
    needs: 'shared',
    run: async (world) => {
      await world.group();
      const other = await world.again();
      const taking = (await world.consumer({ store: other })).takeOne({ waitMs: 10_000 });
      await schedule(world, [delayed('a', SOON), delayed('b', FAR)]);
      const refs = [{ topic: 'contract.topic', id: 'b' }];
      assert.equal(await firstValueFrom(other.cancel(world.stream, refs)), 1);
      assert.equal(textOf(await taking), 'a');
      assert.equal(await waiting(world), 0);
    },
  },
];
