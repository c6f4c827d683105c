import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import { PRIORITIES } from '../../core/priority.ts';
import type { ContractCase } from './contractCase.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { refOf } from './refOf.ts';
import { textOf } from './textOf.ts';

/** What is appended, and in which order it comes out. */
export const orderCases: readonly ContractCase[] = [
  {
    rule: 'a lane keeps the order of its appends',
    run: async (world) => {
      await world.group();
      for (const batch of [['a', 'b'], ['c'], ['d', 'e', 'f']]) await world.append(...batch);
      const consumer = await world.consumer();
      const entries = await consumer.takeAll(6);
      assert.deepEqual(entries.map(textOf), ['a', 'b', 'c', 'd', 'e', 'f']);
    },
  },
  {
    rule: 'append tells where each record went, and the entry taken is there',
    run: async (world) => {
      await world.group();
      const refs = await world.append(recordOf('n'), recordOf('c', { priority: 'critical' }), recordOf('m'));
      assert.deepEqual(
        refs.map(({ priority }) => priority),
        ['normal', 'critical', 'normal'],
      );
      const entries = await (await world.consumer()).takeAll(3);
      assert.deepEqual(entries.map(refOf), [refs[1], refs[0], refs[2]]);
    },
  },
  {
    rule: 'ids are `<ms>-<sequence>`, unique within a lane, and grow',
    run: async (world) => {
      const refs = [...(await world.append('a', 'b', 'c')), ...(await world.append('d')), ...(await world.append('e'))];
      const parts = refs.map(({ id }) => {
        assert.match(id, /^\d+-\d+$/);
        return id.split('-').map(Number) as [number, number];
      });
      const grown = parts.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
      assert.deepEqual(parts, grown);
      assert.equal(new Set(refs.map(({ id }) => id)).size, refs.length);
    },
  },
  {
    rule: 'new entries come most urgent tier first',
    run: async (world) => {
      await world.group();
      const tiers = PRIORITIES.toReversed();
      await world.append(...tiers.flatMap((priority) => ['1', '2'].map((n) => recordOf(priority + n, { priority }))));
      const { entries } = await (await world.consumer()).take();
      assert.deepEqual(
        entries.map(textOf),
        PRIORITIES.flatMap((priority) => [`${priority}1`, `${priority}2`]).slice(0, entries.length),
      );
      assert(entries.length > 0);
    },
  },
  {
    rule: 'an entry is the record, whole, as its first attempt',
    run: async (world) => {
      await world.group();
      const record = {
        priority: 'high',
        topic: 'trading.orders.new',
        payload: '{"n":1}',
        type: 'Order',
        encoding: 'json',
        meta: '{"id":"m-1","headers":{"a":"b"}}',
      } as const;
      const [ref] = await world.append(record);
      const entry = await (await world.consumer()).takeOne();
      assert.deepEqual({ ...entry, payload: textOf(entry) }, { ...record, ...ref, attempt: 1 });
    },
  },
  {
    rule: 'appends of many callers at once each keep their order, and none is lost',
    run: async (world) => {
      await world.group();
      const callers = numbered(20, 'caller');
      await Promise.all(callers.map((caller) => world.append(...numbered(25, `${caller}.`))));
      const consumer = await world.consumer();
      const payloads = (await consumer.takeAll(500)).map(textOf);
      for (const caller of callers) {
        const own = payloads.filter((payload) => payload.startsWith(`${caller}.`));
        assert.deepEqual(own, numbered(25, `${caller}.`));
      }
    },
  },
  {
    rule: 'an append of 5,000 records keeps them all, in order',
    run: async (world) => {
      await world.group();
      const refs = await world.append(...numbered(5_000));
      assert.equal(refs.length, 5_000);
      const entries = await (await world.consumer()).takeAll(5_000);
      assert.deepEqual(entries.map(textOf), numbered(5_000));
      assert.deepEqual(entries.map(refOf), refs);
    },
  },
  {
    rule: 'an append is seen whole or not at all',
    run: async (world) => {
      const seen = new Set<number>();
      let appended = false;
      const append = world.append(...numbered(5_000)).then(() => {
        appended = true;
      });
      while (!appended) seen.add((await world.stats()).lanes.normal.length);
      await append;
      seen.add((await world.stats()).lanes.normal.length);
      assert.deepEqual(
        [...seen].filter((length) => length !== 0),
        [5_000],
      );
    },
  },
  {
    rule: 'an append of nothing is nothing',
    run: async (world) => {
      assert.deepEqual(await world.append(), []);
      assert.equal((await world.stats()).lanes.normal.length, 0);
    },
  },
  {
    rule: 'a call does nothing before it is subscribed, and again at each subscription',
    run: async (world) => {
      const append = world.store.append(world.stream, [recordOf('a')]);
      assert.equal((await world.stats()).lanes.normal.length, 0);
      await firstValueFrom(append);
      await firstValueFrom(append);
      assert.equal((await world.stats()).lanes.normal.length, 2);
    },
  },
];
