import assert from 'node:assert/strict';
import { ACK } from '../../core/outcome.ts';
import type { Entry } from '../../core/store.ts';
import { FencedError, NoGroupError } from '../../core/storeErrors.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractConsumer } from './contractConsumer.ts';
import { textOf } from './textOf.ts';

const SETTLEMENT = { priority: 'normal', id: '1-1', attempt: 1, outcome: ACK } as const;

/** What a consumer may do, each as one call. */
const calls = {
  take: (consumer: ContractConsumer): Promise<unknown> => consumer.take({ waitMs: 5_000 }),
  settle: (consumer: ContractConsumer): Promise<unknown> => consumer.settleAll([SETTLEMENT]),
  renew: (consumer: ContractConsumer): Promise<unknown> => consumer.renew(1_000),
  join: (consumer: ContractConsumer): Promise<unknown> => consumer.join(1_000),
};

/** Who may take part. */
export const membershipCases: readonly ContractCase[] = [
  ...Object.entries(calls).map(
    ([name, call]): ContractCase => ({
      rule: `${name} in a group that is not there fails with NoGroupError`,
      run: async (world) => {
        await assert.rejects(call(world.stranger({ group: 'missing' })), NoGroupError);
        await world.append('the stream is there now');
        await assert.rejects(call(world.stranger({ group: 'missing' })), (error) => {
          assert(error instanceof NoGroupError && error.retryable);
          assert(error.message.includes('missing') && error.message.includes(world.stream));
          return true;
        });
      },
    }),
  ),
  ...Object.entries(calls)
    .filter(([name]) => name !== 'join')
    .map(
      ([name, call]): ContractCase => ({
        rule: `${name} by a consumer that never joined fails with FencedError`,
        run: async (world) => {
          await world.group();
          await world.append('a');
          await assert.rejects(call(world.stranger()), FencedError);
          assert.deepEqual(await world.drain(), ['a']);
        },
      }),
    ),
  {
    rule: 'joining again and renewing leave in its hands what a consumer has',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      await consumer.join(60_000);
      await consumer.renew(60_000);
      await consumer.takeNothing();
      assert.deepEqual((await world.groupStats()).consumers, [{ name: consumer.member.consumer, pending: 1 }]);
      await consumer.settle(entry);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'leaving gives everything back at once, and the attempts do not count',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b', 'c');
      const [one, two] = [await world.consumer(), await world.consumer()];
      const [first] = await one.takeAll(3);
      await one.settle(first as Entry);
      await two.takeNothing();
      await one.leave();
      const entries = await two.takeAll(2, { waitMs: 0 });
      assert.deepEqual(entries.map(textOf), ['b', 'c']);
      assert.deepEqual(
        entries.map(({ attempt }) => attempt),
        [1, 1],
      );
    },
  },
  {
    rule: 'who left is no member: take, settle and renew fail, leaving again does not',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer();
      await consumer.leave();
      await consumer.leave();
      for (const call of [calls.take, calls.settle, calls.renew]) await assert.rejects(call(consumer), FencedError);
      assert.deepEqual((await world.groupStats()).consumers, []);
    },
  },
  {
    rule: 'who left may not settle what it had, and nothing of it is settled',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      await consumer.leave();
      await assert.rejects(consumer.settle(entry), FencedError);
      assert.deepEqual(await world.drain(), ['a']);
    },
  },
];
