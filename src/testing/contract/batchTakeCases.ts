import assert from 'node:assert/strict';
import { ACK, type Outcome, RELEASE } from '../../core/outcome.ts';
import type { Entry } from '../../core/store.ts';
import { batchOf, messagesOf, messagesOfAll, partsOf } from './batchOf.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { creditFor } from './creditFor.ts';
import { numbered } from './numbered.ts';

const RETRY: Outcome = { kind: 'retry', delayMs: 0 };

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { count = 1, parts }) => sum + (parts?.length ?? count), 0);
}

/** Ten record batches of ten in the case's stream, `0` to `99`. */
async function tenTens(world: ContractWorld): Promise<void> {
  await world.group();
  for (let i = 0; i < 100; i += 10) await world.append(batchOf(numbered(100).slice(i, i + 10)));
}

/** Record batches in the hands of several: credit, and what dead consumers leave of them. */
export const batchTakeCases: readonly ContractCase[] = [
  {
    rule: 'credit counts messages: a hand passes it by less than one record batch',
    run: async (world) => {
      await tenTens(world);
      const consumer = await world.consumer();
      for (const [credit, least, most] of [
        [10, 10, 10],
        [20, 20, 20],
        [15, 10, 20],
        [1, 1, 10],
      ] as const) {
        const size = sizeOf((await consumer.take({ credit: creditFor(credit, 'normal') })).entries);
        assert(size >= least && size <= most, `${size} of ${credit}`);
      }
    },
  },
  {
    rule: 'a record batch larger than the whole credit is handed out all the same, alone',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(numbered(50)), batchOf(numbered(50)));
      const consumer = await world.consumer();
      for (const _ of numbered(2)) {
        const { entries } = await consumer.take({ credit: creditFor(3, 'normal') });
        assert.deepEqual(
          entries.map(({ count }) => count),
          [50],
        );
      }
    },
  },
  {
    rule: 'a waiting take is given no more than that when record batches come',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer();
      const hand = consumer.take({ credit: creditFor(15, 'normal'), waitMs: 10_000 });
      await world.append(...numbered(10).map((n) => batchOf(numbered(10, n))));
      const seen = [...(await hand).entries];
      assert(sizeOf(seen) >= 10 && sizeOf(seen) <= 20, `${sizeOf(seen)}`);
      while (sizeOf(seen) < 100) {
        const { entries } = await consumer.take({ credit: creditFor(15, 'normal'), waitMs: 1_000 });
        assert(sizeOf(entries) > 0 && sizeOf(entries) <= 20, `${sizeOf(entries)}`);
        seen.push(...entries);
      }
      assert(seen.every(({ attempt }) => attempt === 1));
      assert.equal(new Set(messagesOfAll(seen).map(([text]) => text)).size, 100);
    },
  },
  {
    rule: 'tiers have their own credit, with record batches in some of them',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(numbered(10), { priority: 'critical' }), ...numbered(10));
      await world.append(...numbered(3).map(() => batchOf(numbered(4), { priority: 'low' })));
      const { entries } = await (await world.consumer()).take({ credit: { critical: 2, high: 1, normal: 3, low: 5 } });
      const size = (tier: string) => sizeOf(entries.filter(({ priority }) => priority === tier));
      assert.deepEqual(['critical', 'high', 'normal'].map(size), [10, 0, 3]);
      assert(size('low') === 4 || size('low') === 8, `${size('low')} of low`);
    },
  },
  {
    rule: 'messages that come again keep to the credit one by one',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(numbered(10)), batchOf(numbered(5, 'x')));
      const consumer = await world.consumer();
      const [one, two] = await consumer.takeAll(2);
      assert(one && two);
      await consumer.settleAll([partsOf(one, [0, 1, 2, 3, 4, 5, 6, 7], RETRY), partsOf(two, [0, 1], RELEASE)]);
      const sizes: number[] = [];
      const seen: Entry[] = [];
      while (sizeOf(seen) < 10) {
        const { entries } = await consumer.take({ credit: creditFor(3, 'normal'), waitMs: 1_000 });
        assert(sizeOf(entries) > 0 && sizeOf(entries) <= 3);
        sizes.push(sizeOf(entries));
        seen.push(...entries);
      }
      const attempts = messagesOfAll(seen);
      assert.deepEqual(attempts, [...numbered(8).map((n) => [n, 2]), ['x0', 1], ['x1', 1]]);
    },
  },
  {
    rule: 'whole record batches that come again keep to the credit too',
    run: async (world) => {
      await tenTens(world);
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeAll(10), RETRY);
      const seen: Entry[] = [];
      while (sizeOf(seen) < 100) {
        const { entries } = await consumer.take({ credit: creditFor(25, 'normal'), waitMs: 1_000 });
        assert(sizeOf(entries) > 0 && sizeOf(entries) <= 30, `${sizeOf(entries)}`);
        seen.push(...entries);
      }
      assert(seen.every(({ attempt, parts }) => attempt === 2 && parts === undefined));
    },
  },
  {
    rule: 'of a record batch that a dead consumer left settled in part, only what is owed comes again',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c', 'd', 'e']), batchOf(['x', 'y']));
      const [dead, live] = [await world.mortal(), await world.consumer()];
      const [first] = await dead.takeAll(2);
      assert(first);
      await dead.settleAll([partsOf(first, [0, 2], ACK)]);
      const entries = await live.takeAll(2);
      assert.deepEqual(messagesOfAll(entries), [
        ['b', 2],
        ['d', 2],
        ['e', 2],
        ['x', 2],
        ['y', 2],
      ]);
      const [parts, whole] = entries.toSorted((a, b) => (b.parts?.length ?? 0) - (a.parts?.length ?? 0));
      assert(parts && whole);
      await live.settle(whole);
      await live.settleAll([partsOf(parts, [1, 3, 4], ACK)]);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'messages of one record batch in several hands keep their own attempts when one dies',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c']));
      const [dead, live] = [await world.mortal(), await world.consumer()];
      const entry = await live.takeOne();
      await live.settleAll([partsOf(entry, [0, 1], RETRY)]);
      const again = await dead.takeOne({ credit: creditFor(1, 'normal') });
      assert.deepEqual(messagesOf(again), [['a', 2]]);
      const b = await live.takeOne();
      assert.deepEqual(messagesOf(b), [['b', 2]]);
      await live.settleAll([partsOf(b, [1], RETRY)]);
      assert.deepEqual(messagesOf(await live.takeOne()), [['b', 3]]);
      assert.deepEqual(messagesOf(await live.takeOne()), [['a', 3]]);
      assert.equal((await world.groupStats()).pending, 3);
    },
  },
  {
    rule: 'an estate of record batches, whole and in parts, is handed out within the credit, each message once',
    run: async (world) => {
      await tenTens(world);
      const [dead, live] = [await world.mortal(), await world.consumer()];
      const had = await dead.takeAll(10);
      await dead.settleAll(had.slice(0, 5).map((entry) => partsOf(entry, [0, 1, 2], ACK)));
      const seen: Entry[] = [];
      while (sizeOf(seen) < 85) {
        const { entries } = await live.take({ credit: creditFor(4, 'normal'), waitMs: 1_000 });
        assert(sizeOf(entries) <= 10, `${sizeOf(entries)}`);
        seen.push(...entries);
      }
      const settled = had
        .slice(0, 5)
        .flatMap((entry) => messagesOf(entry).slice(0, 3))
        .map(([text]) => text);
      const messages = messagesOfAll(seen);
      assert.deepEqual(
        new Set(messages.map(([text]) => text)),
        new Set(numbered(100).filter((text) => !settled.includes(text))),
      );
      assert(messages.length === 85 && messages.every(([, attempt]) => attempt === 2));
      await live.takeNothing();
    },
  },
  {
    rule: 'a message that kills its consumers is counted at each',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['poison', 'fine']));
      const first = await world.mortal();
      await first.settleAll([partsOf(await first.takeOne(), [1], ACK)]);
      assert.deepEqual(messagesOf(await (await world.mortal()).takeOne()), [['poison', 2]]);
      assert.deepEqual(messagesOf(await (await world.consumer()).takeOne()), [['poison', 3]]);
    },
  },
  {
    rule: "a dead consumer's messages that wait for a retry keep their due time",
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['retried', 'held', 'done']));
      const [dead, live] = [await world.mortal(), await world.consumer()];
      const entry = await dead.takeOne();
      const later: Outcome = { kind: 'retry', delayMs: 4 * world.leaseMs };
      await dead.settleAll([partsOf(entry, [0], later), partsOf(entry, [2], ACK)]);
      assert.deepEqual(messagesOf(await live.takeOne()), [['held', 2]]);
      assert.equal((await world.groupStats()).retrying, 1);
      assert.deepEqual(messagesOf(await live.takeOne()), [['retried', 2]]);
    },
  },
  {
    rule: 'a consumer whose messages were all taken over is forgotten',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b']));
      const [dead, live] = [await world.mortal(), await world.consumer()];
      await dead.settleAll([partsOf(await dead.takeOne(), [0], ACK)]);
      const entry = await live.takeOne();
      await live.takeNothing();
      assert.deepEqual((await world.groupStats()).consumers, [{ name: live.member.consumer, pending: 1 }]);
      await live.renew(60_000);
      await live.settleAll([partsOf(entry, [1], ACK)]);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
];
