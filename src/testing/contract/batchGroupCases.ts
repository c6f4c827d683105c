import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import { ACK, type Outcome } from '../../core/outcome.ts';
import { FencedError } from '../../core/storeErrors.ts';
import { batchOf, messagesOf, messagesOfAll, partsOf } from './batchOf.ts';
import type { ContractCase } from './contractCase.ts';
import { numbered } from './numbered.ts';
import { refOf } from './refOf.ts';

const RETRY: Outcome = { kind: 'retry', delayMs: 0 };

/** Record batches in parts, and what groups, consumers and bounds know of them. */
export const batchGroupCases: readonly ContractCase[] = [
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
];
