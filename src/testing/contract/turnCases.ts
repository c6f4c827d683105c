import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import type { AppendedRef, Turn } from '../../core/store.ts';
import { StoreError } from '../../core/storeErrors.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

function append(world: ContractWorld, payload: string, turn: Turn): Promise<readonly AppendedRef[]> {
  return firstValueFrom(world.store.append(world.stream, [recordOf(payload)], turn));
}

async function refused(work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => error instanceof StoreError && error.retryable);
}

/** Appends that are sent again, and those that are sent before the one before them is answered. */
export const turnCases: readonly ContractCase[] = [
  {
    rule: 'an append behind another is kept if that was, else refused, and kept when it is sent again',
    needs: 'turns',
    run: async (world) => {
      await world.group();
      await append(world, 'a', { sender: 's', number: 1 });
      await append(world, 'b', { sender: 's', number: 2, after: 1 });
      await refused(append(world, 'd', { sender: 's', number: 4, after: 3 }));
      await refused(append(world, 'e', { sender: 's', number: 5, after: 4 }));
      await append(world, 'c', { sender: 's', number: 6 });
      await append(world, 'd', { sender: 's', number: 7, after: 6 });
      const consumer = await world.consumer();
      assert.deepEqual((await consumer.takeAll(4)).map(textOf), ['a', 'b', 'c', 'd']);
    },
  },
  {
    rule: 'senders, and streams, have turns of their own',
    needs: 'turns',
    run: async (world) => {
      await append(world, 'a', { sender: 's', number: 1 });
      await append(world, 'b', { sender: 't', number: 7 });
      await append(world, 'c', { sender: 's', number: 2, after: 1 });
      await append(world, 'd', { sender: 't', number: 8, after: 7 });
      await refused(append(world, 'e', { sender: 'u', number: 2, after: 1 }));
      const other = world.newStream();
      await refused(firstValueFrom(world.store.append(other, [recordOf('f')], { sender: 's', number: 3, after: 2 })));
    },
  },
  {
    rule: 'an append that is repeated under its number answers as it did, and is kept once',
    run: async (world) => {
      const turn = { sender: 's', number: 1 };
      const [first] = await append(world, 'a', turn);
      assert.deepEqual(await append(world, 'a', turn), [first]);
      assert.deepEqual(await append(world, 'a', turn), [first]);
      const [next] = await append(world, 'b', { sender: 's', number: 2 });
      assert.notDeepEqual(next, first);
      await world.group();
      assert.deepEqual(await world.drain(), ['a', 'b']);
    },
  },
  {
    rule: 'a repeated append of thousands, in several tiers, answers where each of them is',
    run: async (world) => {
      const records = numbered(3_000).map((text, i) => recordOf(text, { priority: i % 3 === 0 ? 'high' : 'low' }));
      const turn = { sender: 's', number: 1 };
      const refs = await firstValueFrom(world.store.append(world.stream, records, turn));
      assert.deepEqual(await firstValueFrom(world.store.append(world.stream, records, turn)), refs);
      const { lanes } = await world.stats();
      assert.deepEqual([lanes.high.length, lanes.low.length], [1_000, 2_000]);
      const { entries } = await world.read({ count: 3_000 });
      assert.deepEqual(
        new Set(entries.map(({ id, priority }) => priority + id)),
        new Set(refs.map(({ id, priority }) => priority + id)),
      );
    },
  },
  {
    rule: 'of two under way each can be repeated, the one behind too',
    needs: 'turns',
    run: async (world) => {
      const [one, two] = [
        { sender: 's', number: 1 },
        { sender: 's', number: 2, after: 1 },
      ];
      const refs = [await append(world, 'a', one), await append(world, 'b', two)];
      assert.deepEqual([await append(world, 'a', one), await append(world, 'b', { sender: 's', number: 2 })], refs);
      await append(world, 'c', { sender: 's', number: 3 });
      await world.group();
      assert.deepEqual(await world.drain(), ['a', 'b', 'c']);
    },
  },
  {
    rule: 'what comes late, when later ones were kept, is not kept any more',
    needs: 'turns',
    run: async (world) => {
      for (const number of [1, 5, 6, 7, 8, 9, 10]) await append(world, `${number}`, { sender: 's', number });
      await refused(append(world, 'late', { sender: 's', number: 4 }));
      await refused(append(world, 'long ago', { sender: 's', number: 1 }));
      await world.group();
      assert.deepEqual(await world.drain(), ['1', '5', '6', '7', '8', '9', '10']);
    },
  },
  {
    rule: 'a turn is repeated through another store over the same place',
    needs: 'shared',
    run: async (world) => {
      const turn = { sender: 's', number: 1 };
      const refs = await append(world, 'a', turn);
      const other = await world.again();
      assert.deepEqual(await firstValueFrom(other.append(world.stream, [recordOf('a')], turn)), refs);
      assert.equal((await world.stats()).lanes.normal.length, 1);
    },
  },
];
