import assert from 'node:assert/strict';
import { perPriority } from '../../core/priority.ts';
import type { ContractCase } from './contractCase.ts';
import { creditFor } from './creditFor.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';

/** What a store tells of a stream. */
export const statsCases: readonly ContractCase[] = [
  {
    rule: 'a stream that is not there is empty',
    run: async (world) => {
      const lanes = perPriority(() => ({ length: 0 }));
      assert.deepEqual(await world.stats(), { stream: world.stream, lanes, groups: [], deadLetters: 0, delayed: 0 });
    },
  },
  {
    rule: 'lanes: length, first and last id',
    run: async (world) => {
      const refs = await world.append('a', 'b', 'c', recordOf('d', { priority: 'low' }));
      const [firstId, , lastId, low] = refs.map(({ id }) => id);
      const { lanes } = await world.stats();
      assert.deepEqual({ ...lanes.normal }, { length: 3, firstId, lastId });
      assert.deepEqual({ ...lanes.low }, { length: 1, firstId: low, lastId: low });
      assert.deepEqual({ ...lanes.high }, { length: 0 });
    },
  },
  {
    rule: 'groups: pattern, pending, retrying, and what each consumer holds',
    run: async (world) => {
      await world.group('g', { pattern: 'orders.*' });
      await world.append(...numbered(10));
      const [one, two, idle] = [await world.consumer(), await world.consumer(), await world.consumer()];
      await one.takeAll(4, { credit: creditFor(4, 'normal') });
      const entries = await two.takeAll(3, { credit: creditFor(3, 'normal') });
      await two.settle(entries.slice(0, 1), { kind: 'retry', delayMs: 60_000 });
      await two.settle(entries.slice(1, 2));
      const { lag, consumers, ...rest } = await world.groupStats();
      assert.deepEqual(rest, { name: 'g', pattern: 'orders.*', pending: 6, retrying: 1 });
      assert(lag === undefined || Number.isInteger(lag));
      const expected = [
        { name: one.member.consumer, pending: 4 },
        { name: two.member.consumer, pending: 1 },
        { name: idle.member.consumer, pending: 0 },
      ];
      assert.deepEqual(
        consumers,
        expected.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      );
    },
  },
  {
    rule: 'dead letters are counted',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(5));
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeAll(5), { kind: 'reject', error: new Error('no good') });
      const { deadLetters, lanes } = await world.stats();
      assert.equal(deadLetters, 5);
      assert.equal(lanes.normal.length, 5);
    },
  },
  {
    rule: 'several groups are all told of',
    run: async (world) => {
      for (const group of numbered(5, 'g')) await world.group(group);
      const { groups } = await world.stats();
      assert.deepEqual(groups.map(({ name }) => name).sort(), numbered(5, 'g'));
    },
  },
];
