import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import { encodeMeta } from '../../core/meta.ts';
import type { AppendedRef, Once, StoreRecord, StreamStore } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { eventually } from './eventually.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';

/** A record that is to be kept once by its id, for a minute unless told otherwise; its payload is the id. */
function once(id: string, window: Partial<Once> = {}, more: Partial<StoreRecord> = {}): StoreRecord {
  return recordOf(id, { meta: encodeMeta({ id }), once: { id, forMs: 60_000, most: 1_000, ...window }, ...more });
}

function append(world: ContractWorld, records: readonly StoreRecord[], store: StreamStore = world.store) {
  return firstValueFrom(store.append(world.stream, records));
}

function fresh(refs: readonly AppendedRef[]): readonly boolean[] {
  return refs.map(({ duplicate }) => duplicate === undefined);
}

async function kept(world: ContractWorld): Promise<readonly string[]> {
  await world.group();
  return world.drain();
}

/** What is kept once by its id, however often it is appended. */
export const onceCases: readonly ContractCase[] = [
  {
    rule: 'a record of an id that was kept is not kept again, and where that one is is told',
    run: async (world) => {
      const [first] = await append(world, [once('a')]);
      assert.deepEqual(await append(world, [once('a')]), [{ ...first, duplicate: true }]);
      assert.deepEqual(await kept(world), ['a']);
    },
  },
  {
    rule: 'among others each is judged by itself, and those without an id are always kept',
    run: async (world) => {
      await append(world, [once('b')]);
      const refs = await append(world, [recordOf('x'), once('a'), once('b'), recordOf('x'), once('c')]);
      assert.deepEqual(fresh(refs), [true, true, false, true, true]);
      assert.deepEqual(await kept(world), ['b', 'x', 'a', 'x', 'c']);
    },
  },
  {
    rule: 'of one id twice in a call the first is kept',
    run: async (world) => {
      const refs = await append(world, [once('a'), once('a')]);
      assert.deepEqual(fresh(refs), [true, false]);
      assert.deepEqual([refs[1]?.priority, refs[1]?.id], [refs[0]?.priority, refs[0]?.id]);
      assert.deepEqual(await kept(world), ['a']);
    },
  },
  {
    rule: 'an id is one of its topic, whatever the tier; in another stream it is another',
    run: async (world) => {
      const [first] = await append(world, [once('a', {}, { priority: 'high' })]);
      assert.deepEqual(await append(world, [once('a', {}, { priority: 'low' })]), [{ ...first, duplicate: true }]);
      assert.deepEqual(fresh(await append(world, [once('a', {}, { topic: 'contract.other' })])), [true]);
      assert.deepEqual(fresh(await firstValueFrom(world.store.append(world.newStream(), [once('a')]))), [true]);
    },
  },
  {
    rule: 'an id that is settled, trimmed or dead-lettered is known all the same',
    run: async (world) => {
      await world.group();
      await append(world, [once('a')]);
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeOne(), { kind: 'reject', error: new Error('no') });
      await firstValueFrom(world.store.trim(world.stream, { maxEntries: 0 }));
      assert.deepEqual(fresh(await append(world, [once('a')])), [false]);
      const [letter] = await world.deadLetters();
      assert.equal(await firstValueFrom(world.store.replay(world.stream, [letter?.id ?? ''])), 1);
      assert.equal((await consumer.takeOne()).topic, 'contract.topic');
    },
  },
  {
    rule: 'once its window is over, an id is new again',
    run: async (world) => {
      await append(world, [once('a', { forMs: 50 })]);
      await eventually(async () => {
        assert.deepEqual(fresh(await append(world, [once('a', { forMs: 50 })])), [true]);
      });
    },
  },
  {
    rule: 'within its window an id is known through every change of the books',
    run: async (world) => {
      const forMs = 60_000;
      await append(world, [once('kept')]);
      for (const id of numbered(9)) await append(world, [once(id, { forMs, most: 20 })]);
      assert.deepEqual(fresh(await append(world, [once('kept', { forMs, most: 20 })])), [false]);
      for (const id of numbered(9))
        assert.deepEqual(fresh(await append(world, [once(id, { forMs, most: 20 })])), [false]);
    },
  },
  {
    rule: 'no more than so many are remembered, and the younger half surely',
    run: async (world) => {
      const ids = numbered(40);
      for (const id of ids) await append(world, [once(id, { most: 10 })]);
      for (const id of ids.slice(-5)) assert.deepEqual(fresh(await append(world, [once(id, { most: 10 })])), [false]);
      for (const id of ids.slice(0, 30)) assert.deepEqual(fresh(await append(world, [once(id, { most: 10 })])), [true]);
    },
  },
  {
    rule: 'any text is an id, the empty one too',
    run: async (world) => {
      const ids = ['', ' ', 'x 1-1', '=31-1', 'ünïcødé ☃', 'a\0b', '\n'];
      assert.deepEqual(
        fresh(
          await append(
            world,
            ids.map((id) => once(id)),
          ),
        ),
        ids.map(() => true),
      );
      assert.deepEqual(
        fresh(
          await append(
            world,
            ids.map((id) => once(id)),
          ),
        ),
        ids.map(() => false),
      );
    },
  },
  {
    rule: 'a repeated turn answers what was kept and what was not as it did',
    run: async (world) => {
      const turn = { sender: 's', number: 2 };
      await append(world, [once('a')]);
      const records = [once('a'), once('b'), recordOf('c')];
      const refs = await firstValueFrom(world.store.append(world.stream, records, turn));
      assert.deepEqual(await firstValueFrom(world.store.append(world.stream, records, turn)), refs);
      assert.deepEqual(fresh(refs), [false, true, true]);
      assert.deepEqual(await kept(world), ['a', 'b', 'c']);
    },
  },
  {
    rule: 'of the same id from both stores one is kept',
    needs: 'shared',
    run: async (world) => {
      const other = await world.again();
      const both = await Promise.all([append(world, [once('a')]), append(world, [once('a')], other)]);
      assert.deepEqual(both.flatMap(fresh).sort(), [false, true]);
      assert.deepEqual(await kept(world), ['a']);
    },
  },
];
