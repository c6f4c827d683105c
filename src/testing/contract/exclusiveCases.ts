import assert from 'node:assert/strict';
import { ACK } from '../../core/outcome.ts';
import type { Entry } from '../../core/store.ts';
import { FencedError, GroupOrderError, NoGroupError, PartitionOwnedError } from '../../core/storeErrors.ts';
import { batchOf, messagesOfAll, partsOf } from './batchOf.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractConsumer } from './contractConsumer.ts';
import type { ContractWorld } from './contractWorld.ts';
import { creditFor } from './creditFor.ts';
import { eventually } from './eventually.ts';
import { numbered } from './numbered.ts';
import { textOf } from './textOf.ts';

const exclusive = true;

function joinAlone(consumer: ContractConsumer): Promise<void> {
  return consumer.join(120_000, { exclusive });
}

/** Joins as the only one, as soon as the lease of whoever is there has run out. */
async function successor(world: ContractWorld): Promise<ContractConsumer> {
  const heir = world.stranger();
  await eventually(() => joinAlone(heir));
  return heir;
}

async function settleInOrder(consumer: ContractConsumer, count: number): Promise<readonly string[]> {
  const seen: string[] = [];
  while (seen.length < count) {
    const entries = await consumer.takeAll(1, { credit: creditFor(1, 'normal') });
    seen.push(...entries.map(textOf));
    await consumer.settle(entries);
  }
  return seen;
}

/** A consumer that is the only one of its group, and what it is handed out. */
export const exclusiveCases: readonly ContractCase[] = [
  {
    rule: 'while the lease of the only consumer lasts, no other joins',
    run: async (world) => {
      await world.group();
      const owner = await world.consumer({ exclusive });
      await assert.rejects(joinAlone(world.stranger()), (error) => {
        assert(error instanceof PartitionOwnedError && error.retryable);
        assert(error.message.includes(world.stream) && error.message.includes("'g'"));
        return true;
      });
      await assert.rejects(world.stranger().join(1_000), GroupOrderError);
      await owner.join(1_000, { exclusive });
      await owner.leave();
      await world.consumer();
    },
  },
  {
    rule: 'one that wants to be the only one is refused while others are there, naming the group',
    run: async (world) => {
      await world.group();
      const [one, two] = [await world.consumer(), await world.consumer()];
      await assert.rejects(joinAlone(world.stranger()), (error) => {
        assert(error instanceof GroupOrderError && !error.retryable);
        assert(error.message.includes(world.stream) && error.message.includes("'g'"));
        return true;
      });
      await one.leave();
      await assert.rejects(joinAlone(world.stranger()), GroupOrderError);
      await two.leave();
      await joinAlone(world.stranger());
    },
  },
  {
    rule: 'in a group that is not there it fails with NoGroupError',
    run: async (world) => {
      await assert.rejects(joinAlone(world.stranger()), NoGroupError);
    },
  },
  {
    rule: 'of many who want it at once, one gets it',
    run: async (world) => {
      await world.group();
      const asked = await Promise.allSettled(numbered(20).map(() => joinAlone(world.stranger())));
      assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const result of asked) assert(result.status === 'fulfilled' || result.reason instanceof PartitionOwnedError);
    },
  },
  {
    rule: 'groups and streams keep to themselves',
    run: async (world) => {
      const stream = world.newStream();
      await world.group('g');
      await world.group('h');
      await world.group('g', { stream });
      for (const place of [{}, { group: 'h' }, { stream }]) await world.consumer({ ...place, exclusive });
    },
  },
  {
    rule: 'a successor fences the one whose lease ran out: it may not settle, take, renew or hand out again',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const stale = await world.mortal({ exclusive });
      const had = await stale.takeAll(2);
      const heir = await successor(world);
      const calls = [() => stale.settle(had), () => stale.take(), () => stale.renew(1_000), () => stale.again(had)];
      for (const call of calls) await assert.rejects(call(), FencedError);
      const entries = await heir.takeAll(2);
      assert.deepEqual(
        entries.map((entry) => [textOf(entry), entry.attempt]),
        [
          ['a', 2],
          ['b', 2],
        ],
      );
    },
  },
  {
    rule: 'what was left, given back and new comes in the order of the lane, entry by entry',
    run: async (world) => {
      await world.group();
      const names = numbered(12);
      await world.append(...names.slice(0, 9));
      const stale = await world.mortal({ exclusive });
      const had = await stale.takeAll(9);
      // In two calls and out of order: what was given back first must not come first.
      await stale.settle(had.slice(6), { kind: 'release' });
      await stale.settle([had[4], had[2]] as Entry[], { kind: 'release' });
      await world.append(...names.slice(9));
      const heir = await successor(world);
      assert.deepEqual(await settleInOrder(heir, 12), names);
    },
  },
  {
    rule: 'retries that are due and what an orderly one left come in the order of the lane',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b', 'c', 'd');
      const first = await world.consumer({ exclusive });
      const had = await first.takeAll(4);
      await first.settle(had[2] as Entry, { kind: 'retry', delayMs: 0 });
      const settledMs = Date.now();
      await eventually(() => assert(Date.now() > settledMs + 1));
      await first.settle(had[0] as Entry, { kind: 'retry', delayMs: 0 });
      await first.leave();
      const heir = await world.consumer({ exclusive });
      assert.deepEqual(await settleInOrder(heir, 4), ['a', 'b', 'c', 'd']);
    },
  },
  {
    rule: 'a retry that is not due yet waits for its time',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const consumer = await world.consumer({ exclusive });
      const [first] = await consumer.takeAll(2);
      await consumer.settle(first as Entry, { kind: 'retry', delayMs: 60_000 });
      await consumer.takeNothing();
      assert.equal((await world.groupStats()).retrying, 1);
    },
  },
  {
    rule: 'what comes while its take waits is handed out, at its first attempt',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer({ exclusive });
      const hand = consumer.takeAll(3, { waitMs: 15_000 });
      await world.append('a', 'b', 'c');
      assert.deepEqual(
        (await hand).map((entry) => [textOf(entry), entry.attempt]),
        [
          ['a', 1],
          ['b', 1],
          ['c', 1],
        ],
      );
    },
  },
  {
    rule: 'again: an entry stays in its hands as the next attempt, and calling twice counts once',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const consumer = await world.consumer({ exclusive });
      const [a, b] = (await consumer.takeAll(2)) as [Entry, Entry];
      assert.deepEqual(await consumer.again([a, b]), []);
      assert.deepEqual(await consumer.again(a), []);
      await consumer.takeNothing();
      assert.deepEqual((await world.groupStats()).consumers, [{ name: consumer.member.consumer, pending: 2 }]);
      await consumer.settle(a);
      assert.equal((await world.groupStats()).pending, 2, 'the former attempt settles nothing');
      await consumer.settle([
        { ...a, attempt: 2 },
        { ...b, attempt: 2 },
      ]);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'again: what is settled, or in no hands of its, comes back as gone',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b', 'c');
      const consumer = await world.consumer();
      const [a, b, c] = (await consumer.takeAll(3)) as [Entry, Entry, Entry];
      await consumer.settle(a);
      await consumer.settle(b, { kind: 'retry', delayMs: 60_000 });
      assert.deepEqual(await consumer.again([a, b, c]), [a.id, b.id]);
      assert.equal((await world.groupStats()).retrying, 1);
    },
  },
  {
    rule: 'again: the attempt counts for whoever takes over',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const stale = await world.mortal({ exclusive });
      await stale.again(await stale.takeOne());
      assert.equal((await (await successor(world)).takeOne()).attempt, 3);
    },
  },
  {
    rule: 'again: what was removed from the stream comes back as gone, and is settled',
    needs: 'raw',
    run: async (world) => {
      const raw = await world.raw();
      await world.group();
      await world.append('a', 'b');
      const consumer = await world.consumer({ exclusive });
      const [a, b] = (await consumer.takeAll(2)) as [Entry, Entry];
      await raw.remove(world.stream, a);
      assert.deepEqual(await consumer.again([a, b]), [a.id]);
      await consumer.settle({ ...b, attempt: 2 });
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'of record batches that others left, whole and in parts, each message comes to the only one once',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c', 'd']), batchOf(['x', 'y']), 'plain');
      const dead = await world.mortal();
      const [first] = await dead.takeAll(3);
      assert(first);
      await dead.settleAll([partsOf(first, [0], ACK), partsOf(first, [3], { kind: 'retry', delayMs: 0 })]);
      const heir = await successor(world);
      const entries: Entry[] = [];
      await eventually(async () => {
        entries.push(...(await heir.take()).entries);
        assert.equal(messagesOfAll(entries).length, 6);
      });
      assert.deepEqual(messagesOfAll(entries), [
        ['b', 2],
        ['c', 2],
        ['d', 2],
        ['plain', 2],
        ['x', 2],
        ['y', 2],
      ]);
      await heir.takeNothing();
    },
  },
];
