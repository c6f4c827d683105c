import assert from 'node:assert/strict';
import { lastValueFrom } from 'rxjs';
import type { Entry } from '../../core/store.ts';
import { GroupPatternError } from '../../core/storeErrors.ts';
import type { ContractCase } from './contractCase.ts';
import { creditFor } from './creditFor.ts';
import { numbered } from './numbered.ts';
import { refOf } from './refOf.ts';
import { textOf } from './textOf.ts';

/** Groups: who sees what, and from where. */
export const groupCases: readonly ContractCase[] = [
  {
    rule: 'every group sees every message',
    run: async (world) => {
      await world.group('one');
      await world.group('two');
      await world.append('a', 'b');
      assert.deepEqual(await world.drain('one'), ['a', 'b']);
      assert.deepEqual(await world.drain('two'), ['a', 'b']);
    },
  },
  {
    rule: 'what one group settles the other still owes',
    run: async (world) => {
      await world.group('one');
      await world.group('two');
      await world.append('a', 'b');
      const [one, two] = [await world.consumer({ group: 'one' }), await world.consumer({ group: 'two' })];
      const entries = await two.takeAll(2);
      await one.settle(await one.takeAll(2));
      assert.equal((await world.groupStats('one')).pending, 0);
      assert.equal((await world.groupStats('two')).pending, 2);
      await two.settle(entries, { kind: 'release' });
      assert.deepEqual((await two.takeAll(2)).map(textOf), ['a', 'b']);
    },
  },
  {
    rule: 'the consumers of a group share its messages without overlap',
    run: async (world) => {
      await world.group();
      await world.append(...numbered(600));
      const consumers = await Promise.all(numbered(4).map(() => world.consumer()));
      const seen: Entry[] = [];
      const work = consumers.map(async (consumer, i) => {
        while (seen.length < 600) {
          const { entries } = await consumer.take({ credit: creditFor(7 + i, 'normal'), waitMs: 50 });
          seen.push(...entries);
          await consumer.settle(entries);
        }
      });
      await Promise.all(work);
      assert.equal(seen.length, 600);
      assert.equal(new Set(seen.map(({ id }) => id)).size, 600);
      assert.deepEqual(new Set(seen.map(textOf)), new Set(numbered(600)));
    },
  },
  {
    rule: "a group from 'earliest' sees what was there before it",
    run: async (world) => {
      await world.append('before');
      await world.group('g', { start: 'earliest' });
      await world.append('after');
      assert.deepEqual(await world.drain(), ['before', 'after']);
    },
  },
  {
    rule: "a group from 'latest' sees only what comes after it",
    run: async (world) => {
      await world.append('before');
      await world.group('g', { start: 'latest' });
      await world.append('after');
      assert.deepEqual(await world.drain(), ['after']);
    },
  },
  {
    rule: "a group from 'latest' on a stream that is not there yet sees all that comes",
    run: async (world) => {
      await world.group('g', { start: 'latest' });
      await world.append('first');
      assert.deepEqual(await world.drain(), ['first']);
    },
  },
  {
    rule: 'a group from a time sees what was appended then or later',
    run: async (world) => {
      const [first] = await world.append('before');
      const msOf = (ref: { id: string } | undefined) => Number.parseInt(ref?.id ?? '', 10);
      let [ref] = await world.append('between');
      while (msOf(ref) === msOf(first)) [ref] = await world.append('between');
      await world.append('after');
      await world.group('g', { start: { sinceMs: msOf(ref) } });
      const seen = await world.drain();
      assert.deepEqual([seen[0], seen.at(-1)], ['between', 'after']);
      assert(!seen.includes('before'));
      await world.group('all', { start: { sinceMs: 0 } });
      assert.equal((await world.drain('all'))[0], 'before');
      await world.group('none', { start: { sinceMs: msOf(ref) + 3_600_000 } });
      assert.deepEqual(await world.drain('none'), []);
    },
  },
  {
    rule: 'making a group again leaves it as it is',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const consumer = await world.consumer();
      const [first, second] = await consumer.takeAll(2);
      await consumer.settle(first as Entry);
      await world.group('g', { start: 'earliest' });
      await world.group('g', { start: 'latest' });
      await consumer.takeNothing();
      assert.equal((await world.groupStats()).pending, 1);
      await consumer.settle(second as Entry, { kind: 'release' });
      assert.deepEqual(refOf(await consumer.takeOne()), refOf(second as Entry));
    },
  },
  {
    rule: 'a group bound to another pattern refuses, naming both',
    run: async (world) => {
      await world.group('g', { pattern: 'orders.*' });
      await assert.rejects(world.group('g', { pattern: 'trades.*' }), (error: Error) => {
        assert(error instanceof GroupPatternError);
        assert.match(error.message, /'orders\.\*'.*'trades\.\*'/);
        return true;
      });
      await world.group('g', { pattern: 'orders.*' });
      assert.equal((await world.groupStats()).pattern, 'orders.*');
    },
  },
  {
    rule: 'many who make one group at once all get it',
    run: async (world) => {
      await world.append('before');
      await Promise.all(numbered(20).map(() => world.group('g', { pattern: 'a.*' })));
      await world.append('after');
      assert.deepEqual(await world.drain(), ['before', 'after']);
      assert.equal((await world.stats()).groups.length, 1);
    },
  },
  {
    rule: 'of many who make one group with different patterns, those of one pattern get it',
    run: async (world) => {
      const { store, stream } = world;
      const patterns = numbered(20).map((n) => (Number(n) % 2 === 0 ? 'even.*' : 'odd.*'));
      const start = 'earliest' as const;
      const created = await Promise.allSettled(
        patterns.map((pattern) => lastValueFrom(store.createGroup({ stream, group: 'g', pattern, start }))),
      );
      const { pattern: bound } = await world.groupStats();
      for (const [i, result] of created.entries()) {
        if (patterns[i] === bound) assert.equal(result.status, 'fulfilled');
        else assert(result.status === 'rejected' && result.reason instanceof GroupPatternError);
      }
    },
  },
  {
    rule: 'streams keep to themselves, however alike their names',
    run: async (world) => {
      const streams = [world.stream, `${world.stream}0`, `${world.stream}:x`];
      for (const stream of streams) await world.group('g', { stream });
      for (const stream of streams) await world.appendTo(stream, `of ${stream}`);
      for (const stream of streams) {
        const consumer = await world.consumer({ stream });
        assert.deepEqual((await consumer.takeAll(1)).map(textOf), [`of ${stream}`]);
        await consumer.takeNothing();
      }
    },
  },
];
