import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import { decodeMeta } from '../../core/meta.ts';
import { ACK, type Outcome, RELEASE } from '../../core/outcome.ts';
import { batchOf, messagesOf, messagesOfAll, partsOf } from './batchOf.ts';
import type { ContractCase } from './contractCase.ts';
import { numbered } from './numbered.ts';
import { refOf } from './refOf.ts';
import { textOf } from './textOf.ts';

const REJECT: Outcome = { kind: 'reject', error: new TypeError('no good') };
const RETRY: Outcome = { kind: 'retry', delayMs: 0 };

/** Record batches of which some messages are settled: each of the others is owed by itself. */
export const batchPartCases: readonly ContractCase[] = [
  {
    rule: 'a message that is retried comes again by itself, as its next attempt; the others stay in hand',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c', 'd']));
      const [one, two] = [await world.consumer(), await world.consumer()];
      const entry = await one.takeOne();
      await one.settleAll([partsOf(entry, [1, 3], RETRY)]);
      const again = await two.takeOne();
      assert.deepEqual(refOf(again), refOf(entry));
      assert.deepEqual(messagesOf(again), [
        ['b', 2],
        ['d', 2],
      ]);
      await two.settleAll([partsOf(again, [3], RETRY), partsOf(again, [1], ACK)]);
      const last = await one.takeOne();
      assert.deepEqual(messagesOf(last), [['d', 3]]);
      await one.settleAll([partsOf(last, [3], ACK), partsOf(entry, [0, 2], ACK)]);
      assert.equal((await world.groupStats()).pending, 0);
      await two.takeNothing();
    },
  },
  {
    rule: 'a message that is retried waits for its due time',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b']));
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      const from = performance.now();
      await consumer.settleAll([partsOf(entry, [0], { kind: 'retry', delayMs: 120 }), partsOf(entry, [1], ACK)]);
      await consumer.takeNothing();
      const { pending, retrying } = await world.groupStats();
      assert.deepEqual({ pending, retrying }, { pending: 1, retrying: 1 });
      assert.deepEqual(messagesOf(await consumer.takeOne()), [['a', 2]]);
      assert(performance.now() - from > 100);
    },
  },
  {
    rule: 'a message that is given back comes again at once, and its attempt does not count',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b']));
      const [one, two] = [await world.consumer(), await world.consumer()];
      let entry = await one.takeOne();
      await one.settleAll([partsOf(entry, [0], ACK)]);
      for (const [from, to] of [
        [one, two],
        [two, one],
      ] as const) {
        await from.settleAll([partsOf(entry, [1], RELEASE)]);
        entry = await to.takeOne({ waitMs: 0 });
        assert.deepEqual(messagesOf(entry), [['b', 1]]);
      }
    },
  },
  {
    rule: 'messages given back together come again in their order',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(numbered(12)));
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      await consumer.settleAll([partsOf(entry, [11, 10, 2, 9, 0, 4], RELEASE)]);
      const again = await consumer.takeOne();
      assert.deepEqual(
        again.parts?.map(({ index }) => index),
        [0, 2, 4, 9, 10, 11],
      );
    },
  },
  {
    rule: 'a message that is rejected is a dead letter of its own, whole, and comes again by itself',
    run: async (world) => {
      await world.group();
      const meta = JSON.stringify({ key: 'k' });
      const [ref] = await world.append(batchOf(['"a"', '"b"'], { type: 'T', topic: 'x.y', meta, priority: 'high' }));
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      await consumer.settleAll([{ ...partsOf(entry, [1], REJECT), stage: 'check' }, partsOf(entry, [0], ACK)]);
      assert.equal((await world.groupStats()).pending, 0);
      const [letter] = await world.deadLetters();
      assert(letter);
      const { id, time: _, payload, error, ...rest } = letter;
      assert.deepEqual(rest, {
        ...{ priority: 'high', topic: 'x.y', type: 'T', encoding: 'json', meta },
        ...{ group: 'g', entryId: `${ref?.id}#1`, attempts: 1, stage: 'check' },
      });
      assert.deepEqual([textOf({ payload }), error.name, error.message], ['"b"', 'TypeError', 'no good']);
      assert.equal(await firstValueFrom(world.store.replay(world.stream, [id])), 1);
      const again = await consumer.takeOne();
      assert.deepEqual([textOf(again), again.count, again.attempt], ['"b"', undefined, 1]);
      const { key, group, id: own, time } = decodeMeta(again.meta);
      const place = `${world.stream}:high:${ref?.id}#1`;
      assert.deepEqual([key, group, own, time], ['k', 'g', place, Number.parseInt(ref?.id ?? '', 10)]);
    },
  },
  {
    rule: 'several are rejected in one call, each with what it was',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c']));
      const consumer = await world.consumer();
      await consumer.settleAll([partsOf(await consumer.takeOne(), [0, 2], REJECT)]);
      assert.deepEqual((await world.deadLetters()).map(textOf), ['a', 'c']);
      assert.equal((await world.groupStats()).pending, 1);
    },
  },
  {
    rule: 'what is settled already, or held at another attempt, is passed over, and so is the whole of what is in parts',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c']));
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      await consumer.settleAll([{ ...partsOf(entry, [0], ACK), attempt: 2 }]);
      assert.equal((await world.groupStats()).pending, 1);
      const some = [partsOf(entry, [0], ACK), partsOf(entry, [1], { kind: 'retry', delayMs: 60_000 })];
      for (const _ of numbered(2)) await consumer.settleAll(some);
      await consumer.settleAll([partsOf(entry, [0, 1], REJECT), { ...partsOf(entry, [2], ACK), attempt: 2 }]);
      await consumer.settle(entry, ACK);
      const { pending, retrying } = await world.groupStats();
      assert.deepEqual({ pending, retrying }, { pending: 2, retrying: 1 });
      assert.deepEqual(await world.deadLetters(), []);
      await consumer.settleAll([partsOf(entry, [2], ACK), partsOf(entry, [7], ACK)]);
      assert.equal((await world.groupStats()).pending, 1);
    },
  },
  {
    rule: 'one call settles messages of several record batches and tiers, each its own way',
    run: async (world) => {
      await world.group();
      const low = batchOf(['l0', 'l1'], { priority: 'low' });
      await world.append(batchOf(['a', 'b', 'c']), low, 'plain', batchOf(['x', 'y']));
      const consumer = await world.consumer();
      const entries = await consumer.takeAll(4);
      const find = (text: string) => entries.find((entry) => messagesOf(entry)[0]?.[0] === text) ?? assert.fail(text);
      await consumer.settleAll([
        partsOf(find('a'), [0], ACK),
        { ...refOf(find('x')), attempt: 1, outcome: ACK },
        partsOf(find('l0'), [1], RETRY),
        { ...refOf(find('plain')), attempt: 1, outcome: RETRY },
        partsOf(find('a'), [1], REJECT),
        partsOf(find('a'), [2], RELEASE),
      ]);
      const again = await consumer.takeAll(3);
      assert.deepEqual(messagesOfAll(again), [
        ['c', 1],
        ['l1', 2],
        ['plain', 2],
      ]);
      assert.deepEqual((await world.deadLetters()).map(textOf), ['b']);
      assert.equal((await world.groupStats()).pending, 4);
    },
  },
];
