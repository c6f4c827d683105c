import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import { PRIORITIES, type Priority } from '../../core/priority.ts';
import type { Entry, StoreRecord, TrimResult } from '../../core/store.ts';
import { batchOf } from './batchOf.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { creditFor } from './creditFor.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

/** Records of about so many KiB; how many bytes a store counts for one is its own affair. */
function large(count: number, priority: Priority = 'normal', name = ''): StoreRecord[] {
  return numbered(count, name).map((n) => recordOf(n.padEnd(2_048, '.'), { priority }));
}

function nameOf(entry: Entry): string {
  return textOf(entry).replace(/\.+$/, '');
}

function trim(world: ContractWorld, maxBytes: number): Promise<TrimResult> {
  return firstValueFrom(world.store.trim(world.stream, { maxBytes }));
}

async function lengthOf(world: ContractWorld): Promise<number> {
  const { lanes } = await world.stats();
  return PRIORITIES.reduce((sum, priority) => sum + lanes[priority].length, 0);
}

/** About how many of the records there must be for a bound: a store may count up to twice the payload. */
function assertLeft(left: number, maxBytes: number): void {
  const most = maxBytes / 2_048;
  assert(left >= most / 4 && left <= most + 1, `${left} are left for ${maxBytes} bytes`);
}

/** Trim by bytes: what nobody owes goes first; what is owed goes if it must, and then it is over for its groups. */
export const byteBoundCases: readonly ContractCase[] = [
  {
    rule: 'the oldest go until the rest fits',
    run: async (world) => {
      await world.append(...large(200));
      const { removed, forced } = await trim(world, 100_000);
      const left = await lengthOf(world);
      assertLeft(left, 100_000);
      assert.deepEqual([removed, forced], [200 - left, undefined]);
      await world.group();
      const consumer = await world.consumer();
      assert.deepEqual((await consumer.takeAll(left)).map(nameOf), numbered(200).slice(200 - left));
    },
  },
  {
    rule: 'many consumers do not drive out what is owed',
    run: async (world) => {
      await world.group();
      for (let n = 0; n < 50; n += 1) {
        const consumer = await world.consumer();
        await world.append('done');
        await consumer.settle(await consumer.takeOne());
      }
      await world.append('owed');
      for (let n = 0; n < 10; n += 1) assert.equal((await trim(world, 10_000)).forced, undefined);
      assert.deepEqual(await world.drain(), ['owed']);
    },
  },
  {
    rule: 'the bound is over all lanes, and the oldest lane gives first',
    run: async (world) => {
      await world.append(...large(60, 'critical'));
      const [last] = await world.append(recordOf('between'));
      assert(last);
      await world.append(...large(60, 'low'));
      await trim(world, 140_000);
      const { lanes } = await world.stats();
      assert(lanes.critical.length < lanes.low.length, `${lanes.critical.length} critical, ${lanes.low.length} low`);
      assertLeft(await lengthOf(world), 140_000);
    },
  },
  {
    rule: 'a bound that holds removes nothing',
    run: async (world) => {
      await world.group();
      await world.append(...large(20));
      assert.deepEqual(await trim(world, 10_000_000), { removed: 0, owed: 0 });
    },
  },
  {
    rule: 'what nobody owes goes before what a group owes, though it is younger',
    run: async (world) => {
      await world.append(...large(10, 'low', 'old'));
      await world.group();
      await world.append(...large(100));
      const consumer = await world.consumer();
      const done = await consumer.takeAll(50, { credit: creditFor(50, 'normal') });
      await consumer.settle(done);
      const { forced } = await trim(world, 180_000);
      assert.equal(forced, undefined);
      const { lanes } = await world.stats();
      assert.equal(lanes.low.length, 10);
      assert(lanes.normal.length >= 50 && lanes.normal.length < 100);
      assert.equal((await world.drain()).length, 60);
    },
  },
  {
    rule: 'what a group has not been handed goes if it must: counted, and over for the group',
    run: async (world) => {
      await world.group();
      await world.append(...large(200));
      const { removed, forced } = await trim(world, 100_000);
      const left = await lengthOf(world);
      assertLeft(left, 100_000);
      assert.deepEqual(forced, [{ group: 'g', count: removed }]);
      const stats = await world.groupStats();
      assert.deepEqual([stats.pending, stats.trimmed], [0, 200 - left]);
      assert(stats.lag === undefined || stats.lag === left, `lag ${stats.lag} of ${left}`);
      assert.equal((await trim(world, 10_000_000)).forced, undefined);
      const consumer = await world.consumer();
      assert.deepEqual((await consumer.takeAll(left)).map(nameOf), numbered(200).slice(200 - left));
      assert.equal((await world.groupStats()).lag ?? 0, 0);
    },
  },
  {
    rule: 'a group that is in the midst goes on behind what is gone, and its lag is what is left',
    run: async (world) => {
      await world.group();
      await world.append(...large(200));
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeAll(50, { credit: creditFor(50, 'normal') }));
      const { forced = [] } = await trim(world, 100_000);
      const left = await lengthOf(world);
      assert.deepEqual(forced, [{ group: 'g', count: 150 - left }]);
      const { lag } = await world.groupStats();
      assert(lag === undefined || lag === left, `lag ${lag} of ${left}`);
      assert.deepEqual((await consumer.takeAll(left)).map(nameOf), numbered(200).slice(200 - left));
    },
  },
  {
    rule: 'what is in hand or waits for its retry goes too, and never comes again',
    run: async (world) => {
      await world.group();
      await world.append(...large(100));
      const consumer = await world.consumer();
      const entries = await consumer.takeAll(100);
      await consumer.settle(entries.slice(0, 50), { kind: 'retry', delayMs: 0 });
      const { removed, forced, owed } = await trim(world, 1);
      assert.deepEqual([removed, forced, owed], [100, [{ group: 'g', count: 100 }], 0]);
      const { pending, retrying, trimmed } = await world.groupStats();
      assert.deepEqual([pending, retrying, trimmed], [0, 0, 100]);
      await consumer.settle(entries.slice(50), { kind: 'retry', delayMs: 0 });
      const { entries: again, lost } = await consumer.take();
      assert.deepEqual([again, lost], [[], []]);
      await world.append('after');
      assert.equal(textOf(await consumer.takeOne()), 'after');
    },
  },
  {
    rule: 'each group is told of for itself',
    run: async (world) => {
      await world.group('done');
      await world.group('slow');
      await world.append(...large(50));
      const done = await world.consumer({ group: 'done' });
      await done.settle(await done.takeAll(50));
      assert.deepEqual((await trim(world, 1)).forced, [{ group: 'slow', count: 50 }]);
      assert.equal((await world.groupStats('done')).trimmed, undefined);
    },
  },
  {
    rule: 'of a record batch each message counts that is owed, in parts or whole',
    run: async (world) => {
      await world.group();
      await world.append(batchOf(numbered(10)), batchOf(numbered(20)), recordOf('alone'));
      const consumer = await world.consumer();
      const [first] = (await consumer.takeAll(3)) as [Entry, Entry, Entry];
      const { priority, id, attempt } = first;
      const parts = (indexes: readonly number[]) => ({ count: 10, indexes });
      await consumer.settleAll([
        { priority, id, attempt, outcome: { kind: 'ack' }, parts: parts([0, 1, 2]) },
        { priority, id, attempt, outcome: { kind: 'retry', delayMs: 0 }, parts: parts([3, 4]) },
      ]);
      assert.deepEqual((await trim(world, 1)).forced, [{ group: 'g', count: 7 + 20 + 1 }]);
      const { pending, retrying, trimmed } = await world.groupStats();
      assert.deepEqual([pending, retrying, trimmed], [0, 0, 28]);
      await consumer.takeNothing();
      await consumer.settleAll([{ priority, id, attempt, outcome: { kind: 'ack' }, parts: parts([5]) }]);
      assert.equal((await world.groupStats()).pending, 0);
    },
  },
  {
    rule: 'the groups that hold back the other bounds are named',
    run: async (world) => {
      await world.group('done');
      await world.group('slow');
      await world.append(...numbered(10));
      const done = await world.consumer({ group: 'done' });
      await done.settle(await done.takeAll(10));
      const { heldBy } = await firstValueFrom(world.store.trim(world.stream, { maxEntries: 2 }));
      assert.deepEqual(heldBy, ['slow']);
    },
  },
];
