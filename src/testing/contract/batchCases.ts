import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import { decodeMeta } from '../../core/meta.ts';
import { ACK, type Outcome, RELEASE } from '../../core/outcome.ts';
import { batchOf, messagesOf, partsOf } from './batchOf.ts';
import type { ContractCase } from './contractCase.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

const REJECT: Outcome = { kind: 'reject', error: new TypeError('no good') };
const RETRY: Outcome = { kind: 'retry', delayMs: 0 };

/** Record batches: one entry, settled as a whole, or message by message. */
export const batchCases: readonly ContractCase[] = [
  {
    rule: 'a record batch is one entry that says how many messages it holds, between entries of one message',
    run: async (world) => {
      await world.group();
      await world.append('before', batchOf(['a', 'b', 'c']), 'after');
      const entries = await (await world.consumer()).takeAll(3);
      assert.deepEqual(
        entries.map(({ count, parts }) => [count, parts]),
        [
          [undefined, undefined],
          [3, undefined],
          [undefined, undefined],
        ],
      );
      assert.deepEqual(
        entries.flatMap(messagesOf).map(([text]) => text),
        ['before', 'a', 'b', 'c', 'after'],
      );
      assert.equal((await world.stats()).lanes.normal.length, 3);
    },
  },
  {
    rule: 'a view reads it as one entry too',
    run: async (world) => {
      await world.append(batchOf(['a', 'b']));
      const [entry] = (await world.read()).entries;
      assert(entry);
      assert.deepEqual(messagesOf(entry), [
        ['a', 1],
        ['b', 1],
      ]);
    },
  },
  {
    rule: 'settled as a whole it ends, is retried, or is given back as a whole',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b']));
      const consumer = await world.consumer();
      for (const [outcome, attempt] of [
        [RETRY, 1],
        [RELEASE, 2],
        [ACK, 2],
      ] as const) {
        const entry = await consumer.takeOne();
        assert.deepEqual([entry.attempt, entry.parts], [attempt, undefined]);
        await consumer.settle(entry, outcome);
      }
      await consumer.takeNothing();
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'rejected as a whole it is a dead letter as it is, and comes again as it was',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b']));
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeOne(), REJECT);
      const [letter] = await world.deadLetters();
      assert(letter?.count === 2);
      assert.equal(await firstValueFrom(world.store.replay(world.stream, [letter.id])), 1);
      const entry = await consumer.takeOne();
      assert.equal(decodeMeta(entry.meta).group, 'g');
      assert.deepEqual(messagesOf(entry), [
        ['a', 1],
        ['b', 1],
      ]);
    },
  },
  {
    rule: 'settled message by message it ends with the last',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c']));
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      for (const [index, left] of [
        [1, 2],
        [0, 1],
        [2, 0],
      ] as const) {
        await consumer.settleAll([partsOf(entry, [index], ACK)]);
        assert.equal((await world.groupStats()).pending, left);
      }
      await consumer.takeNothing();
      await consumer.leave();
      assert.deepEqual(await world.drain(), []);
    },
  },
  {
    rule: 'a record batch of ten thousand messages is settled in parts',
    run: async (world) => {
      await world.group();
      const texts = numbered(10_000);
      await world.append(batchOf(texts));
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      const even = texts.flatMap((_, index) => (index % 2 === 0 ? [index] : []));
      const odd = even.map((index) => index + 1);
      await consumer.settleAll([partsOf(entry, even, ACK), partsOf(entry, odd, RETRY)]);
      const seen = new Set<string>();
      while (seen.size < 5_000) {
        const { entries } = await consumer.take({ credit: { critical: 0, high: 0, normal: 3_000, low: 0 } });
        assert(entries.length > 0);
        for (const [text, attempt] of entries.flatMap(messagesOf)) {
          assert.equal(attempt, 2);
          seen.add(text);
        }
        await consumer.settleAll(
          entries.map((part) => partsOf(part, part.parts?.map(({ index }) => index) ?? [], ACK)),
        );
      }
      assert.deepEqual(seen, new Set(odd.map(String)));
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'entries of one message have no parts, whatever they look like',
    run: async (world) => {
      await world.group();
      await world.append(recordOf('a', { encoding: 'json', meta: '{"count":3}' }));
      const entry = await (await world.consumer()).takeOne();
      assert.deepEqual([entry.count, entry.parts, textOf(entry)], [undefined, undefined, 'a']);
    },
  },
];
