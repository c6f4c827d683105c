import assert from 'node:assert/strict';
import { ACK, type Outcome } from '../../core/outcome.ts';
import type { Entry } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import { creditFor } from './creditFor.ts';
import { numbered } from './numbered.ts';
import { textOf } from './textOf.ts';

/** Clocks may differ by this much, in ms. */
const CLOCK_MS = 5;

function retry(delayMs: number): Outcome {
  return { kind: 'retry', delayMs, error: new Error('not yet') };
}

/** Delayed retries: when they come, to whom, and as which attempt. */
export const retryCases: readonly ContractCase[] = [
  {
    rule: 'a retry does not come before it is due',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      const started = Date.now();
      await consumer.settle(entry, retry(200));
      await consumer.takeOne();
      assert(Date.now() - started >= 200 - CLOCK_MS, `it came after ${Date.now() - started} ms`);
    },
  },
  {
    rule: 'attempts are counted exactly over retries and releases',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const outcomes: Outcome[] = [retry(0), { kind: 'release' }, retry(20), { kind: 'release' }, retry(0), ACK];
      const attempts: number[] = [];
      for (const outcome of outcomes) {
        const entry = await consumer.takeOne();
        attempts.push(entry.attempt);
        await consumer.settle(entry, outcome);
      }
      assert.deepEqual(attempts, [1, 2, 2, 3, 3, 4]);
    },
  },
  {
    rule: 'while it waits a retry is pending, in no hands, and counted as retrying',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const consumer = await world.consumer();
      const [first] = await consumer.takeAll(2);
      await consumer.settle(first as Entry, retry(60_000));
      await consumer.takeNothing();
      const { pending, retrying, consumers } = await world.groupStats();
      assert.deepEqual({ pending, retrying }, { pending: 2, retrying: 1 });
      assert.deepEqual(
        consumers.map((one) => one.pending),
        [1],
      );
    },
  },
  {
    rule: 'a due retry of one consumer may go to another',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const [one, two] = [await world.consumer(), await world.consumer()];
      await one.settle(await one.takeOne(), retry(50));
      const entry = await two.takeOne();
      assert.deepEqual([textOf(entry), entry.attempt], ['a', 2]);
      await one.settle(entry, ACK);
      assert.equal((await world.groupStats()).pending, 1);
      await two.settle(entry, ACK);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'retries of a tier come in the order they are due',
    run: async (world) => {
      await world.group();
      await world.append('c', 'a', 'b');
      const consumer = await world.consumer();
      const entries = await consumer.takeAll(3);
      const delays: Record<string, number> = { a: 60, b: 120, c: 180 };
      await consumer.settleAll(
        entries.map(({ priority, id, attempt, payload }) => {
          const outcome = retry(delays[textOf({ payload })] ?? 0);
          return { priority, id, attempt, outcome };
        }),
      );
      assert.deepEqual((await consumer.takeAll(3)).map(textOf), ['a', 'b', 'c']);
    },
  },
  {
    rule: 'due retries come before new entries',
    run: async (world) => {
      await world.group();
      await world.append('old');
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      await world.append(...numbered(5, 'new'));
      await consumer.settle(entry, retry(0));
      const one = creditFor(1, 'normal');
      assert.equal(textOf(await consumer.takeOne({ credit: one })), 'old');
      assert.equal(textOf(await consumer.takeOne({ credit: one })), 'new0');
    },
  },
  {
    rule: 'a retry that is far off holds up nothing',
    run: async (world) => {
      await world.group();
      await world.append('far', 'near', 'new');
      const consumer = await world.consumer();
      const one = creditFor(1, 'normal');
      await consumer.settle(await consumer.takeOne({ credit: one }), retry(3_600_000));
      await consumer.settle(await consumer.takeOne({ credit: one }), retry(30));
      assert.deepEqual((await consumer.takeAll(2)).map(textOf).sort(), ['near', 'new']);
      await consumer.takeNothing();
    },
  },
  {
    rule: 'a retry for the year after next is kept',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeOne(), retry(2 * 365 * 86_400_000));
      assert.deepEqual((await consumer.take({ waitMs: 30 })).entries, []);
      assert.equal((await world.groupStats()).retrying, 1);
    },
  },
  {
    rule: 'thousands of retries come back, each once and at its attempt',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(3_000));
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeAll(3_000), retry(50));
      const again = await consumer.takeAll(3_000);
      assert.deepEqual(new Set(again.map(textOf)), new Set(numbered(3_000)));
      assert(again.every(({ attempt }) => attempt === 2));
    },
  },
  {
    rule: 'the retries of one group are not those of another',
    run: async (world) => {
      await world.group('one');
      await world.group('two');
      await world.append('a');
      const [one, two] = [await world.consumer({ group: 'one' }), await world.consumer({ group: 'two' })];
      await one.settle(await one.takeOne(), retry(0));
      assert.equal((await two.takeOne()).attempt, 1);
      await two.takeNothing();
      assert.equal((await one.takeOne()).attempt, 2);
    },
  },
];
