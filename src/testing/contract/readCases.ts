import assert from 'node:assert/strict';
import { lastValueFrom } from 'rxjs';
import { PRIORITIES } from '../../core/priority.ts';
import type { ReadPage } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { refOf } from './refOf.ts';
import { textOf } from './textOf.ts';

/** Longer than any case lasts: a read that comes back was woken. */
const FOR_EVER_MS = 15_000;

function texts({ entries }: ReadPage): readonly string[] {
  return entries.map(textOf);
}

/** Reading without a group. */
export const readCases: readonly ContractCase[] = [
  {
    rule: "from 'earliest' a view sees what is there",
    run: async (world) => {
      const refs = await world.append('a', 'b');
      const page = await world.read();
      assert.deepEqual(texts(page), ['a', 'b']);
      assert.deepEqual(page.entries.map(refOf), refs);
      assert(page.entries.every(({ attempt }) => attempt === 1));
    },
  },
  {
    rule: 'the cursor goes on behind the page, without a gap or a repetition',
    run: async (world) => {
      await world.append(...numbered(25));
      let page = await world.read({ count: 10 });
      const seen = [...texts(page)];
      while (page.entries.length > 0) {
        assert(page.entries.length <= 10);
        page = await world.read({ from: { cursor: page.cursor }, count: 10 });
        seen.push(...texts(page));
      }
      assert.deepEqual(seen, numbered(25));
      await world.append('more');
      assert.deepEqual(texts(await world.read({ from: { cursor: page.cursor } })), ['more']);
    },
  },
  {
    rule: 'a view sees every tier, page by page, each in order',
    run: async (world) => {
      const records = PRIORITIES.flatMap((priority) => numbered(30).map((n) => recordOf(n, { priority })));
      await world.append(...records);
      const seen = new Map(PRIORITIES.map((priority) => [priority, [] as string[]]));
      for (let page = await world.read({ count: 7 }); page.entries.length > 0; ) {
        assert(page.entries.length <= 7);
        for (const entry of page.entries) seen.get(entry.priority)?.push(textOf(entry));
        page = await world.read({ from: { cursor: page.cursor }, count: 7 });
      }
      for (const priority of PRIORITIES) assert.deepEqual(seen.get(priority), numbered(30));
    },
  },
  {
    rule: "from 'latest' a view waits for what comes",
    run: async (world) => {
      await world.append('before');
      const { cursor, entries } = await world.read({ from: 'latest' });
      assert.deepEqual(entries, []);
      const page = world.read({ from: { cursor }, waitMs: FOR_EVER_MS });
      await world.append('after');
      assert.deepEqual(texts(await page), ['after']);
    },
  },
  {
    rule: "what is appended between two reads from 'latest' on is seen",
    run: async (world) => {
      await world.append(recordOf('before', { priority: 'high' }));
      const { cursor } = await world.read({ from: 'latest' });
      await world.append(...PRIORITIES.map((priority) => recordOf(priority, { priority })));
      const page = await world.read({ from: { cursor } });
      assert.deepEqual([...texts(page)].sort(), [...PRIORITIES].sort());
    },
  },
  {
    rule: 'from a time a view sees what was appended then or later',
    run: async (world) => {
      const msOf = (ref: { id: string } | undefined) => Number.parseInt(ref?.id ?? '', 10);
      const [first] = await world.append('before');
      let [ref] = await world.append('between');
      while (msOf(ref) === msOf(first)) [ref] = await world.append('between');
      await world.append('after');
      const seen = texts(await world.read({ from: { sinceMs: msOf(ref) } }));
      assert.deepEqual([seen[0], seen.at(-1)], ['between', 'after']);
      assert(!seen.includes('before'));
    },
  },
  {
    rule: 'with nothing there an empty page comes after waitMs, not before',
    run: async (world) => {
      const started = performance.now();
      const { entries, cursor } = await world.read({ waitMs: 100 });
      assert.deepEqual(entries, []);
      assert(performance.now() - started >= 95);
      await world.append('a');
      assert.deepEqual(texts(await world.read({ from: { cursor } })), ['a']);
    },
  },
  {
    rule: 'every view that waits sees what comes',
    run: async (world) => {
      const pages = numbered(5).map(() => world.read({ waitMs: FOR_EVER_MS }));
      await world.append(recordOf('a', { priority: 'low' }));
      for (const page of await Promise.all(pages)) assert.deepEqual(texts(page), ['a']);
    },
  },
  {
    rule: 'a view takes nothing from a group, and is owed nothing',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      await world.read();
      const { pending, consumers } = await world.groupStats();
      assert.deepEqual({ pending, consumers }, { pending: 0, consumers: [] });
      assert.deepEqual(await world.drain(), ['a', 'b']);
      assert.deepEqual(texts(await world.read()), ['a', 'b']);
    },
  },
  {
    rule: 'an abort completes a view without a value',
    run: async (world) => {
      const abort = new AbortController();
      const { stream } = world;
      const request = { stream, from: 'latest', count: 10, waitMs: FOR_EVER_MS, signal: abort.signal } as const;
      const page = lastValueFrom(world.store.read(request), { defaultValue: 'none' });
      await world.stats();
      abort.abort();
      assert.equal(await page, 'none');
    },
  },
  {
    rule: 'an entry is read whole',
    run: async (world) => {
      const record = {
        priority: 'high',
        topic: 'a.b',
        payload: '🦆',
        type: 'T',
        encoding: 'json',
        meta: '{"key":"k"}',
      } as const;
      const [ref] = await world.append(record);
      const [entry] = (await world.read()).entries;
      assert(entry);
      assert.deepEqual({ ...entry, payload: textOf(entry) }, { ...record, ...ref, attempt: 1 });
    },
  },
];
