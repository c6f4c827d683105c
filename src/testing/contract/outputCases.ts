import assert from 'node:assert/strict';
import { lastValueFrom } from 'rxjs';
import { ACK, type Outcome, RELEASE } from '../../core/outcome.ts';
import type { Entry, Settlement, StoreRecord } from '../../core/store.ts';
import { FencedError } from '../../core/storeErrors.ts';
import { batchOf, messagesOf, partsOf } from './batchOf.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { eventually } from './eventually.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

/** The settlement of an entry with these outputs; an ack unless told otherwise. */
function withOutputs(
  { priority, id, attempt }: Entry,
  outputs: readonly (string | StoreRecord)[],
  outcome: Outcome = ACK,
): Settlement {
  const records = outputs.map((output) => (typeof output === 'string' ? recordOf(output, OUTPUT) : output));
  return { priority, id, attempt, outcome, outputs: records };
}

const OUTPUT = { topic: 'contract.output' };

/** The payloads of the outputs that were kept. */
async function outputs(world: ContractWorld): Promise<readonly string[]> {
  const { entries } = await world.read({ count: 10_000 });
  return entries.filter(({ topic }) => topic === OUTPUT.topic).map(textOf);
}

/** Acks that append in the same step. */
export const outputCases: readonly ContractCase[] = [
  {
    rule: 'an ack appends its outputs in order, whole, and to every group',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const whole = recordOf(new Uint8Array([0, 255, 13, 10]), {
        ...OUTPUT,
        type: 'T',
        encoding: 'bytes',
        meta: '{"key":"k"}',
        priority: 'critical',
      });
      await consumer.settleAll([withOutputs(await consumer.takeOne(), ['x', 'y', whole])]);
      assert.equal((await world.groupStats()).pending, 0);
      const entries = await consumer.takeAll(3);
      assert.deepEqual(
        entries.map(({ priority }) => priority),
        ['critical', 'normal', 'normal'],
      );
      const [first] = entries;
      assert.deepEqual([...(first?.payload ?? [])], [0, 255, 13, 10]);
      assert.deepEqual(
        [first?.topic, first?.type, first?.encoding, first?.meta],
        [OUTPUT.topic, 'T', 'bytes', '{"key":"k"}'],
      );
      assert.deepEqual(entries.slice(1).map(textOf), ['x', 'y']);
    },
  },
  {
    rule: 'the same settlement again appends nothing',
    run: async (world) => {
      await world.group('g', { pattern: '*' });
      await world.append('a');
      const consumer = await world.consumer();
      const settlement = withOutputs(await consumer.takeOne(), ['x']);
      await consumer.settleAll([settlement]);
      await consumer.settleAll([settlement, settlement]);
      assert.deepEqual(await outputs(world), ['x']);
    },
  },
  {
    rule: 'any other outcome drops the outputs',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b', 'c');
      const consumer = await world.consumer();
      const [a, b, c] = (await consumer.takeAll(3)) as [Entry, Entry, Entry];
      await consumer.settleAll([
        withOutputs(a, ['x'], { kind: 'retry', delayMs: 0 }),
        withOutputs(b, ['x'], RELEASE),
        withOutputs(c, ['x'], { kind: 'reject', error: new Error('no') }),
      ]);
      assert.deepEqual(await outputs(world), []);
      assert.deepEqual((await consumer.takeAll(2)).map(textOf).sort(), ['a', 'b']);
    },
  },
  {
    rule: "what is not in one's hands at that attempt leaves no outputs, and the others do",
    run: async (world) => {
      await world.group();
      await world.append('mine', 'theirs');
      const [one, two] = [await world.consumer(), await world.consumer()];
      const credit = { critical: 0, high: 0, normal: 1, low: 0 };
      const mine = await one.takeOne({ credit });
      const theirs = await two.takeOne({ credit });
      await one.settle(mine, { kind: 'retry', delayMs: 0 });
      const again = await one.takeOne({ credit });
      await one.settleAll([withOutputs(theirs, ['1']), withOutputs(mine, ['2']), withOutputs(again, ['3'])]);
      assert.deepEqual(await outputs(world), ['3']);
      await two.settleAll([withOutputs(theirs, ['4'])]);
      assert.deepEqual(await outputs(world), ['3', '4']);
    },
  },
  {
    rule: 'a consumer that was fenced leaves no outputs',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const dying = await world.mortal();
      const entry = await dying.takeOne();
      const heir = await world.consumer();
      await eventually(async () => assert.equal((await heir.take({ waitMs: 100 })).entries.length, 1));
      await assert.rejects(dying.settleAll([withOutputs(entry, ['x'])]), FencedError);
      assert.deepEqual(await outputs(world), []);
    },
  },
  {
    rule: 'settlements of every kind go with them in one call',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(400));
      const consumer = await world.consumer();
      const entries = await consumer.takeAll(400, { credit: { critical: 0, high: 0, normal: 400, low: 0 } });
      await consumer.settleAll(
        entries.map((entry, i): Settlement => {
          if (i % 2 === 0) return withOutputs(entry, [`${i} one`, `${i} two`]);
          const { priority, id, attempt } = entry;
          return { priority, id, attempt, outcome: i % 4 === 1 ? ACK : { kind: 'retry', delayMs: 60_000 } };
        }),
      );
      const expected = numbered(400).filter((_, i) => i % 2 === 0);
      assert.deepEqual(
        await outputs(world),
        expected.flatMap((i) => [`${i} one`, `${i} two`]),
      );
      const { pending, retrying } = await world.groupStats();
      assert.deepEqual([pending, retrying], [100, 100]);
    },
  },
  {
    rule: 'a record batch acked as a whole appends its outputs once',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c']));
      const consumer = await world.consumer();
      const settlement = withOutputs(await consumer.takeOne(), ['x', 'y']);
      await consumer.settleAll([settlement]);
      await consumer.settleAll([settlement]);
      assert.deepEqual(await outputs(world), ['x', 'y']);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'messages of a record batch append theirs one by one, each once',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(['a', 'b', 'c', 'd']));
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      const parts = [1, 3].map(
        (index): Settlement => ({
          ...partsOf(entry, [index], ACK),
          outputs: [recordOf(`of ${index}`, OUTPUT), recordOf(`of ${index} too`, OUTPUT)],
        }),
      );
      await consumer.settleAll(parts);
      await consumer.settleAll([...parts, withOutputs(entry, ['of the whole'])]);
      await consumer.settleAll([partsOf(entry, [0], { kind: 'retry', delayMs: 0 }), partsOf(entry, [2], ACK)]);
      assert.deepEqual(await outputs(world), ['of 1', 'of 1 too', 'of 3', 'of 3 too']);
      const [again] = (await consumer.take({ waitMs: 1_000 })).entries.filter(({ count }) => count !== undefined);
      assert(again);
      assert.deepEqual(messagesOf(again), [['a', 2]]);
      await consumer.settleAll([{ ...partsOf(again, [0], ACK), outputs: [recordOf('of 0', OUTPUT)] }]);
      assert.deepEqual((await outputs(world)).at(-1), 'of 0');
    },
  },
  {
    rule: 'an output with an id is kept once, as any message is',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const once = recordOf('x', { ...OUTPUT, once: { id: 'x', forMs: 60_000, most: 100 } });
      const consumer = await world.consumer();
      const entries = await consumer.takeAll(2);
      await consumer.settleAll(entries.map((entry, i) => withOutputs(entry, [once, `${i}`])));
      assert.deepEqual(await outputs(world), ['x', '0', '1']);
      const [ref] = await world.append(once);
      assert.equal((ref as { duplicate?: true }).duplicate, true);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'the outputs of a settlement wake who waits for them',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      const waiting = consumer.takeOne({ waitMs: 10_000 });
      await consumer.settleAll([withOutputs(entry, ['x'])]);
      assert.equal(textOf(await waiting), 'x');
    },
  },
  {
    rule: 'a member that has left settles nothing with outputs',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const entry = await consumer.takeOne();
      await consumer.leave();
      const settling = lastValueFrom(world.store.settle(consumer.member, [withOutputs(entry, ['x'])]));
      await assert.rejects(settling, FencedError);
      assert.deepEqual(await outputs(world), []);
    },
  },
];
