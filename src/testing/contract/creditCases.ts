import assert from 'node:assert/strict';
import { PRIORITIES, perPriority } from '../../core/priority.ts';
import type { ContractCase } from './contractCase.ts';
import { creditFor } from './creditFor.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

/** Credit: a hand never holds more of a tier than was asked for, and no tier stands in another's way. */
export const creditCases: readonly ContractCase[] = [
  {
    rule: 'a hand holds at most the credit of each tier',
    run: async (world) => {
      await world.group();
      for (const priority of PRIORITIES) await world.append(...numbered(50).map((n) => recordOf(n, { priority })));
      const credit = { critical: 7, high: 5, normal: 3, low: 1 };
      const { entries } = await (await world.consumer()).take({ credit });
      for (const priority of PRIORITIES) {
        const count = entries.filter((entry) => entry.priority === priority).length;
        assert(count <= credit[priority], `${count} of ${priority}`);
      }
      assert(entries.length > 0);
    },
  },
  {
    rule: 'what the credit left behind comes with the next hand, in order',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(10));
      const consumer = await world.consumer();
      const payloads: string[] = [];
      while (payloads.length < 10) {
        const hand = await consumer.payloads({ credit: creditFor(3, 'normal') });
        assert(hand.length > 0 && hand.length <= 3);
        payloads.push(...hand);
      }
      assert.deepEqual(payloads, numbered(10));
    },
  },
  {
    rule: 'a tier without credit gives nothing, the others go on',
    run: async (world) => {
      await world.group();
      for (const priority of PRIORITIES) await world.append(recordOf(priority, { priority }));
      const consumer = await world.consumer();
      const entries = await consumer.takeAll(2, { credit: creditFor(5, 'high', 'low') });
      assert.deepEqual(entries.map(textOf), ['high', 'low']);
      await consumer.takeNothing({ credit: creditFor(5, 'high', 'low') });
      assert.deepEqual((await consumer.takeAll(2)).map(textOf), ['critical', 'normal']);
    },
  },
  {
    rule: 'no credit at all is an empty hand, and nothing is handed out',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      await consumer.takeNothing({ credit: perPriority(() => 0), waitMs: 20 });
      assert.equal((await world.groupStats()).pending, 0);
      await consumer.takeOne();
    },
  },
  {
    rule: 'a full low tier never hinders critical',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(1_000).map((n) => recordOf(n, { priority: 'low' })));
      const consumer = await world.consumer();
      const low = await consumer.takeAll(10, { credit: creditFor(10, 'low') });
      await world.append(recordOf('urgent', { priority: 'critical' }));
      const entry = await consumer.takeOne({ credit: creditFor(10, 'critical', 'high', 'normal') });
      assert.equal(textOf(entry), 'urgent');
      assert.equal((await world.groupStats()).pending, low.length + 1);
    },
  },
  {
    rule: 'a take that waits for critical is not woken by low, and gets critical when it comes',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer();
      const hand = consumer.payloads({ credit: creditFor(5, 'critical'), waitMs: 10_000 });
      await world.append(recordOf('low', { priority: 'low' }));
      await world.append(recordOf('urgent', { priority: 'critical' }));
      assert.deepEqual(await hand, ['urgent']);
      assert.deepEqual(await world.drain(), ['low']);
    },
  },
  {
    rule: 'credit bounds what is handed out again, and critical goes past low there too',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(20).map((n) => recordOf(n, { priority: 'low' })));
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeAll(20), { kind: 'retry', delayMs: 0 });
      await world.append(recordOf('urgent', { priority: 'critical' }));
      const critical = await consumer.takeOne({ credit: creditFor(5, 'critical') });
      assert.equal(textOf(critical), 'urgent');
      await consumer.settle(critical, { kind: 'retry', delayMs: 0 });
      assert.equal(textOf(await consumer.takeOne({ credit: creditFor(5, 'critical') })), 'urgent');
      for (let left = 20; left > 0; ) {
        const { entries } = await consumer.take({ credit: creditFor(6, 'low'), waitMs: 1_000 });
        assert(entries.length > 0 && entries.length <= 6);
        left -= entries.length;
      }
    },
  },
];
