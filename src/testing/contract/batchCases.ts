import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import { decodeMeta } from '../../core/meta.ts';
import { ACK, type Outcome, RELEASE } from '../../core/outcome.ts';
import { FencedError } from '../../core/storeErrors.ts';
import { batchOf, messagesOf, messagesOfAll, partsOf } from './batchOf.ts';
import type { ContractCase } from './contractCase.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { refOf } from './refOf.ts';
import { textOf } from './textOf.ts';

const REJECT: Outcome = { kind: 'reject', error: new TypeError('no good') };
const RETRY: Outcome = { kind: 'retry', delayMs: 0 };

/** Record batches: one entry, and settlement message by message. */
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
    rule: 'renewing leaves what is in parts to those who hold it',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c']));
      const [one, two] = [await world.consumer(), await world.consumer()];
      const entry = await one.takeOne();
      await one.settleAll([partsOf(entry, [0], ACK), partsOf(entry, [1], { kind: 'retry', delayMs: 60_000 })]);
      for (const consumer of [one, two]) {
        await consumer.renew(60_000);
        await consumer.takeNothing();
      }
      await one.settleAll([partsOf(entry, [2], ACK)]);
      assert.equal((await world.groupStats()).pending, 1);
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
  {
    rule: 'each group settles its own messages of a record batch',
    run: async (world) => {
      for (const group of ['one', 'two']) await world.group(group);
      await world.append(batchOf(['a', 'b']));
      for (const [index, group] of ['one', 'two'].entries()) {
        const consumer = await world.consumer({ group });
        await consumer.settleAll([partsOf(await consumer.takeOne(), [index], ACK)]);
        await consumer.leave();
      }
      const [one, two] = [await world.consumer({ group: 'one' }), await world.consumer({ group: 'two' })];
      assert.deepEqual(messagesOf(await one.takeOne()), [['b', 1]]);
      assert.deepEqual(messagesOf(await two.takeOne()), [['a', 1]]);
    },
  },
  {
    rule: 'leaving gives back what is in hand: wholes, and of parts what is owed; attempts do not count',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c']), batchOf(['x', 'y']));
      const [one, two] = [await world.consumer(), await world.consumer()];
      const [first] = await one.takeAll(2);
      assert(first);
      await one.settleAll([partsOf(first, [1], ACK)]);
      await one.leave();
      assert.equal((await world.groupStats()).retrying, 3);
      const entries = await two.takeAll(2);
      assert.deepEqual(messagesOfAll(entries), [
        ['a', 1],
        ['c', 1],
        ['x', 1],
        ['y', 1],
      ]);
    },
  },
  {
    rule: 'stats count the messages of what is in parts, and what each consumer holds of it',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(numbered(10)), batchOf(numbered(4)), 'plain');
      const [one, two] = [await world.consumer(), await world.consumer()];
      const [entry] = await one.takeAll(3);
      assert(entry);
      await one.settleAll([partsOf(entry, [0, 1, 2], ACK), partsOf(entry, [3], RETRY)]);
      await two.takeOne();
      await one.settleAll([partsOf(entry, [4], { kind: 'retry', delayMs: 60_000 })]);
      const { pending, retrying, consumers } = await world.groupStats();
      assert.deepEqual({ pending, retrying }, { pending: 9, retrying: 1 });
      const expected = [
        { name: one.member.consumer, pending: 7 },
        { name: two.member.consumer, pending: 1 },
      ];
      assert.deepEqual(
        consumers,
        expected.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      );
    },
  },
  {
    rule: 'trim leaves an entry of which a message is owed, in hand or waiting, and takes it once none is',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b']), batchOf(['x', 'y']));
      const consumer = await world.consumer();
      const [one, two] = await consumer.takeAll(2);
      assert(one && two);
      await consumer.settleAll([partsOf(one, [0], ACK), partsOf(two, [0], ACK), partsOf(two, [1], RETRY)]);
      const trim = () => firstValueFrom(world.store.trim(world.stream, { maxEntries: 0 }));
      assert.equal((await trim()).removed, 0);
      const again = await consumer.takeOne();
      assert.deepEqual(messagesOf(again), [['y', 2]]);
      await consumer.settleAll([partsOf(one, [1], ACK), partsOf(again, [1], ACK)]);
      assert.equal((await trim()).removed, 2);
    },
  },
  {
    rule: 'a consumer that was relieved settles no message, and touches none of what another has',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c']));
      const [dead, live] = [await world.mortal(), await world.consumer()];
      const had = await dead.takeOne();
      await dead.settleAll([partsOf(had, [0], ACK)]);
      const has = await live.takeOne();
      for (const kind of ['ack', 'release'] as const) {
        await assert.rejects(dead.settleAll([partsOf(had, [1], { kind })]), FencedError);
      }
      await assert.rejects(dead.settleAll([{ ...partsOf(had, [1], ACK), attempt: 2 }]), FencedError);
      const { pending, retrying } = await world.groupStats();
      assert.deepEqual({ pending, retrying }, { pending: 2, retrying: 0 });
      await live.settleAll([partsOf(has, [1, 2], ACK)]);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'an entry that is gone while messages of it are owed comes back as lost, once, and owes nothing',
    needs: 'raw',
    run: async (world) => {
      await world.group();
      const [ref] = await world.append(batchOf(['a', 'b', 'c']));
      assert(ref);
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      await consumer.settleAll([partsOf(entry, [0], ACK), partsOf(entry, [1, 2], RETRY)]);
      await (await world.raw()).remove(world.stream, ref);
      const { entries, lost } = await consumer.take();
      assert.deepEqual([entries, lost.map(refOf)], [[], [refOf(ref)]]);
      assert.deepEqual((await consumer.take()).lost, []);
      const { pending, retrying } = await world.groupStats();
      assert.deepEqual({ pending, retrying }, { pending: 0, retrying: 0 });
    },
  },
  {
    rule: 'a message that one store settles is known to the other',
    needs: 'shared',
    run: async (world) => {
      const store = await world.again();
      await world.group();
      await world.append(batchOf(['a', 'b', 'c']));
      const [one, two] = [await world.consumer(), await world.consumer({ store })];
      const entry = await one.takeOne();
      const hand = two.takeOne({ waitMs: 15_000 });
      await one.settleAll([partsOf(entry, [1], { kind: 'retry', delayMs: 80 }), partsOf(entry, [0], ACK)]);
      const again = await hand;
      assert.deepEqual(messagesOf(again), [['b', 2]]);
      await two.settleAll([partsOf(again, [1], ACK)]);
      await one.settleAll([partsOf(entry, [2], ACK)]);
      assert.equal((await world.groupStats()).pending, 0);
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
