import assert from 'node:assert/strict';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { GroupPatternError } from '../../core/storeErrors.ts';
import type { ContractCase } from './contractCase.ts';
import { creditFor } from './creditFor.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

/** Two stores over one place. */
export const sharedCases: readonly ContractCase[] = [
  {
    rule: 'what one appends wakes a take of the other',
    needs: 'shared',
    run: async (world) => {
      const store = await world.again();
      await world.group();
      const hand = (await world.consumer({ store })).payloads({ waitMs: 15_000 });
      await world.append('a');
      assert.deepEqual(await hand, ['a']);
    },
  },
  {
    rule: 'consumers on either share a group without overlap',
    needs: 'shared',
    run: async (world) => {
      const store = await world.again();
      await world.group();
      await world.append(...numbered(200));
      const consumers = [await world.consumer(), await world.consumer({ store })];
      const seen: string[] = [];
      const work = consumers.map(async (consumer) => {
        while (seen.length < 200)
          seen.push(...(await consumer.payloads({ credit: creditFor(9, 'normal'), waitMs: 50 })));
      });
      await Promise.all(work);
      assert.deepEqual(seen.toSorted(), numbered(200).toSorted());
    },
  },
  {
    rule: 'when one closes, the work of its consumers goes to the other once their lease is over',
    needs: 'shared',
    run: async (world) => {
      const store = await world.again();
      await world.group();
      await world.append('a');
      await (await world.mortal({ store })).takeOne();
      await lastValueFrom(store.close());
      const entry = await (await world.consumer()).takeOne();
      assert.deepEqual([textOf(entry), entry.attempt], ['a', 2]);
    },
  },
  {
    rule: 'a retry settled through one comes due through the other',
    needs: 'shared',
    run: async (world) => {
      const store = await world.again();
      await world.group();
      await world.append('a');
      const [one, two] = [await world.consumer(), await world.consumer({ store })];
      const entry = await one.takeOne();
      const hand = two.takeOne({ waitMs: 15_000 });
      await one.settle(entry, { kind: 'retry', delayMs: 80 });
      assert.equal((await hand).attempt, 2);
    },
  },
  {
    rule: 'group, pattern, stats and dead letters are those of both',
    needs: 'shared',
    run: async (world) => {
      const store = await world.again();
      const { stream } = world;
      await world.group('g', { pattern: 'a.*' });
      const start = 'earliest';
      await assert.rejects(
        lastValueFrom(store.createGroup({ stream, group: 'g', pattern: 'b.*', start })),
        GroupPatternError,
      );
      await firstValueFrom(store.append(stream, [recordOf('a')]));
      const consumer = await world.consumer({ store });
      await consumer.settle(await consumer.takeOne(), { kind: 'reject', error: new Error('no good') });
      assert.deepEqual((await world.deadLetters()).map(textOf), ['a']);
      assert.deepEqual(await firstValueFrom(store.stats(stream)), await world.stats());
    },
  },
];
