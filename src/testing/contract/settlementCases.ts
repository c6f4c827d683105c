import assert from 'node:assert/strict';
import { ACK, type Outcome, RELEASE } from '../../core/outcome.ts';
import { PRIORITIES } from '../../core/priority.ts';
import type { Entry } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

const REJECT: Outcome = { kind: 'reject', error: new TypeError('no good') };
const RETRY: Outcome = { kind: 'retry', delayMs: 0 };

/** Settlement of each kind, once and again. */
export const settlementCases: readonly ContractCase[] = [
  {
    rule: 'ack ends an entry for its group',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeAll(2), ACK);
      assert.equal((await world.groupStats()).pending, 0);
      await consumer.takeNothing();
      await consumer.leave();
      assert.deepEqual(await world.drain(), []);
    },
  },
  {
    rule: 'release gives an entry back at once, to anyone, and the attempt does not count',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const [one, two] = [await world.consumer(), await world.consumer()];
      for (const consumer of [one, two, two, one]) {
        const entry = await consumer.takeOne({ waitMs: 0 });
        assert.equal(entry.attempt, 1);
        await consumer.settle(entry, RELEASE);
      }
    },
  },
  {
    rule: 'retry hands an entry out again as its next attempt',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      for (const attempt of [1, 2, 3, 4]) {
        const entry = await consumer.takeOne();
        assert.equal(entry.attempt, attempt);
        assert.equal(textOf(entry), 'a');
        await consumer.settle(entry, RETRY);
      }
    },
  },
  {
    rule: 'reject moves an entry to the dead letters',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeOne(), REJECT);
      await consumer.takeNothing();
      assert.equal((await world.groupStats()).pending, 0);
      assert.deepEqual((await world.deadLetters()).map(textOf), ['a']);
    },
  },
  {
    rule: 'one call settles many, each its own way, in every tier',
    run: async (world) => {
      await world.group();
      const outcomes = { ack: ACK, release: RELEASE, retry: RETRY, reject: REJECT };
      const records = PRIORITIES.flatMap((priority) =>
        Object.keys(outcomes).map((kind) => recordOf(`${priority} ${kind}`, { priority })),
      );
      await world.append(...records);
      const consumer = await world.consumer();
      const entries = await consumer.takeAll(16);
      await consumer.settleAll(
        entries.map(({ priority, id, attempt, payload }) => {
          const kind = textOf({ payload }).split(' ')[1] as keyof typeof outcomes;
          return { priority, id, attempt, outcome: outcomes[kind] };
        }),
      );
      const again = await consumer.takeAll(8);
      const expected = PRIORITIES.flatMap((priority) => [`${priority} release 1`, `${priority} retry 2`]);
      assert.deepEqual(again.map((entry) => `${textOf(entry)} ${entry.attempt}`).sort(), expected.sort());
      const dead = (await world.deadLetters()).map(textOf);
      assert.deepEqual(dead.sort(), PRIORITIES.map((priority) => `${priority} reject`).sort());
    },
  },
  {
    rule: 'settling again changes nothing',
    run: async (world) => {
      await world.group();
      await world.append('ack', 'reject', 'owed');
      const consumer = await world.consumer();
      const [first, second] = (await consumer.takeAll(3)) as [Entry, Entry];
      const settle = async (): Promise<void> => {
        await consumer.settle(first, ACK);
        await consumer.settle(second, REJECT);
      };
      await settle();
      await settle();
      await consumer.settle([second, first, first], RETRY);
      await consumer.takeNothing();
      assert.equal((await world.groupStats()).pending, 1);
      assert.equal((await world.deadLetters()).length, 1);
    },
  },
  {
    rule: 'named twice in one call, an entry is settled the first way',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const { priority, id, attempt } = await consumer.takeOne();
      await consumer.settleAll([ACK, REJECT, RETRY].map((outcome) => ({ priority, id, attempt, outcome })));
      await consumer.takeNothing();
      assert.equal((await world.deadLetters()).length, 0);
    },
  },
  {
    rule: 'a retry settled again while it waits is one retry',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      for (const delayMs of [50, 50, 0]) await consumer.settle(entry, { kind: 'retry', delayMs });
      assert.equal((await world.groupStats()).retrying, 1);
      assert.equal((await consumer.takeOne()).attempt, 2);
      await consumer.takeNothing();
    },
  },
  {
    rule: 'a settlement of an earlier attempt passes over the present one',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const first = await consumer.takeOne();
      await consumer.settle(first, RETRY);
      const second = await consumer.takeOne();
      for (const outcome of [RETRY, ACK, REJECT, RELEASE]) await consumer.settle(first, outcome);
      await consumer.takeNothing();
      assert.equal((await world.groupStats()).pending, 1);
      await consumer.settle(second, RETRY);
      assert.equal((await consumer.takeOne()).attempt, 3);
    },
  },
  {
    rule: "settling what is not in one's hands passes it over, and settles the rest",
    run: async (world) => {
      await world.group();
      await world.append('mine', 'theirs', 'new');
      const [one, two] = [await world.consumer(), await world.consumer()];
      const mine = await one.takeOne({ credit: { critical: 0, high: 0, normal: 1, low: 0 } });
      const theirs = await two.takeOne({ credit: { critical: 0, high: 0, normal: 1, low: 0 } });
      const unknown = { ...mine, id: '1-1' };
      const elsewhere = { ...mine, priority: 'low' as const };
      await one.settle([unknown, elsewhere, theirs, mine], ACK);
      assert.equal((await world.groupStats()).pending, 1);
      await two.settle(theirs, RELEASE);
      assert.deepEqual((await two.takeAll(2)).map(textOf), ['theirs', 'new']);
    },
  },
  {
    rule: 'a call settles thousands',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(5_000));
      const consumer = await world.consumer();
      const entries = await consumer.takeAll(5_000);
      await consumer.settle(entries);
      assert.equal((await world.groupStats()).pending, 0);
      await consumer.takeNothing();
    },
  },
  {
    rule: 'settling nothing is nothing',
    run: async (world) => {
      await world.group();
      await (await world.consumer()).settleAll([]);
    },
  },
];
