import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import type { Entry, TrimBounds, TrimResult } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { creditFor } from './creditFor.ts';
import { eventually } from './eventually.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

function trim(world: ContractWorld, bounds: TrimBounds): Promise<TrimResult> {
  return firstValueFrom(world.store.trim(world.stream, bounds));
}

async function lengths(world: ContractWorld): Promise<Record<string, number>> {
  const { lanes } = await world.stats();
  return Object.fromEntries(Object.entries(lanes).map(([priority, { length }]) => [priority, length]));
}

/** The count of entries kept though the bounds let them go; a store need not know it. */
function assertOwed({ owed }: TrimResult, expected: number): void {
  assert(owed === expected || owed === 0, `owed is ${owed}, not ${expected}`);
}

/** Trim: the bounds let go what nobody owes, and nothing else. */
export const trimCases: readonly ContractCase[] = [
  {
    rule: 'by count: the youngest of each lane stay',
    run: async (world) => {
      await world.append(...numbered(250), ...numbered(30).map((n) => recordOf(n, { priority: 'critical' })));
      assert.deepEqual(await trim(world, { maxEntries: 100 }), { removed: 150, owed: 0 });
      assert.deepEqual(await lengths(world), { critical: 30, high: 0, normal: 100, low: 0 });
      await world.group();
      const seen = await world.drain();
      assert.deepEqual(seen, [...numbered(30), ...numbered(250).slice(150)]);
    },
  },
  {
    rule: 'by age: the young stay',
    run: async (world) => {
      await world.append(...numbered(20, 'old'));
      const appended = Date.now();
      await eventually(() => assert(Date.now() - appended > 300));
      await world.append('young');
      const { removed } = await trim(world, { maxAgeMs: 250 });
      assert.equal(removed, 20);
      await world.group();
      assert.deepEqual(await world.drain(), ['young']);
    },
  },
  {
    rule: 'both bounds let go what either lets go',
    run: async (world) => {
      await world.append(...numbered(50));
      assert.equal((await trim(world, { maxEntries: 20, maxAgeMs: 3_600_000 })).removed, 30);
      assert.equal((await trim(world, { maxEntries: 20, maxAgeMs: 3_600_000 })).removed, 0);
    },
  },
  {
    rule: 'bounds that hold remove nothing, nor do none',
    run: async (world) => {
      await world.append(...numbered(50));
      for (const bounds of [{ maxEntries: 50 }, { maxAgeMs: 3_600_000 }, {}]) {
        assert.deepEqual(await trim(world, bounds), { removed: 0, owed: 0 });
      }
    },
  },
  {
    rule: 'a bound of no entries empties the stream, and appends go on after it',
    run: async (world) => {
      await world.group('g', { start: 'latest' });
      const [before] = await world.append('a');
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeOne());
      assert.equal((await trim(world, { maxEntries: 0 })).removed, 1);
      const [after] = await world.append('b');
      assert.notEqual(after?.id, before?.id);
      assert.equal(textOf(await consumer.takeOne()), 'b');
    },
  },
  {
    rule: 'an entry in hand stays, and what is younger',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(10));
      const consumer = await world.consumer();
      const entries = await consumer.takeAll(10);
      const held = entries[4] as Entry;
      await consumer.settle(entries.filter((entry) => entry !== held));
      const result = await trim(world, { maxEntries: 0 });
      assert(result.removed >= 4 && result.removed <= 9);
      assertOwed(result, 10 - result.removed);
      await consumer.settle(held, { kind: 'release' });
      assert.equal(textOf(await consumer.takeOne()), '4');
    },
  },
  {
    rule: 'an entry that waits for its retry stays',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const consumer = await world.consumer();
      const [first, second] = (await consumer.takeAll(2)) as [Entry, Entry];
      await consumer.settle(first, { kind: 'retry', delayMs: 100 });
      await consumer.settle(second);
      await trim(world, { maxEntries: 0, maxAgeMs: 0 });
      const entry = await consumer.takeOne();
      assert.deepEqual([textOf(entry), entry.attempt], ['a', 2]);
    },
  },
  {
    rule: 'what a group has not been handed yet stays',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(20));
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeAll(5, { credit: creditFor(5, 'normal') }));
      const result = await trim(world, { maxEntries: 0 });
      assert.equal(result.removed, 5);
      assertOwed(result, 15);
      assert.deepEqual(await world.drain(), numbered(20).slice(5));
    },
  },
  {
    rule: 'the slowest group decides',
    run: async (world) => {
      await world.group('fast');
      await world.group('slow');
      await world.append(...numbered(10));
      const [fast, slow] = [await world.consumer({ group: 'fast' }), await world.consumer({ group: 'slow' })];
      await fast.settle(await fast.takeAll(10));
      await slow.settle(await slow.takeAll(3, { credit: creditFor(3, 'normal') }));
      assert.equal((await trim(world, { maxEntries: 2 })).removed, 3);
      await slow.settle(await slow.takeAll(7));
      assert.equal((await trim(world, { maxEntries: 2 })).removed, 5);
    },
  },
  {
    rule: 'nothing that was owed is reported lost',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(30));
      const dead = await world.mortal();
      await dead.takeAll(10, { credit: creditFor(10, 'normal') });
      await trim(world, { maxEntries: 0, maxAgeMs: 0 });
      const live = await world.consumer();
      const seen = new Set<string>();
      await eventually(async () => {
        const { entries, lost } = await live.take();
        assert.deepEqual(lost, []);
        for (const entry of entries) seen.add(textOf(entry));
        assert.equal(seen.size, 30);
      });
    },
  },
  {
    rule: 'dead letters outlive their entries',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeOne(), { kind: 'reject', error: new Error('no good') });
      await trim(world, { maxEntries: 0 });
      assert.deepEqual((await world.deadLetters()).map(textOf), ['a']);
    },
  },
  {
    rule: 'a stream that is not there has nothing to trim',
    run: async (world) => assert.deepEqual(await trim(world, { maxEntries: 0 }), { removed: 0, owed: 0 }),
  },
];
