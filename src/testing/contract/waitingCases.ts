import assert from 'node:assert/strict';
import { lastValueFrom } from 'rxjs';
import { RELEASE } from '../../core/outcome.ts';
import type { Entry, Taken } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import { creditFor } from './creditFor.ts';
import { eventually } from './eventually.ts';
import { numbered } from './numbered.ts';
import { textOf } from './textOf.ts';

/** Longer than any case lasts: a take that comes back was woken. */
const FOR_EVER_MS = 15_000;
/** Timers and clocks may differ by this much, in ms. */
const CLOCK_MS = 5;

/** Takes that wait: what wakes them, and what ends them. */
export const waitingCases: readonly ContractCase[] = [
  {
    rule: 'an empty hand comes after waitMs, not before',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer();
      const started = performance.now();
      assert.deepEqual(await consumer.take({ waitMs: 120 }), { entries: [], lost: [] });
      assert(performance.now() - started >= 120 - CLOCK_MS);
    },
  },
  {
    rule: 'waitMs of 0 asks and does not wait',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer();
      assert.deepEqual(await consumer.take({ waitMs: 0 }), { entries: [], lost: [] });
      await world.append('a');
      assert.deepEqual(await consumer.payloads({ waitMs: 0 }), ['a']);
    },
  },
  {
    rule: 'an append wakes a take',
    run: async (world) => {
      await world.group();
      const hand = (await world.consumer()).payloads({ waitMs: FOR_EVER_MS });
      await world.append('a');
      assert.deepEqual(await hand, ['a']);
    },
  },
  {
    rule: 'a retry that comes due wakes a take',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeOne(), { kind: 'retry', delayMs: 150 });
      const { entries } = await consumer.take({ waitMs: FOR_EVER_MS });
      assert.deepEqual(
        entries.map(({ attempt }) => attempt),
        [2],
      );
    },
  },
  {
    rule: 'a retry settled while a take waits wakes it when due',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const [one, two] = [await world.consumer(), await world.consumer()];
      const entry = await one.takeOne();
      const hand = two.payloads({ waitMs: FOR_EVER_MS });
      await one.settle(entry, { kind: 'retry', delayMs: 100 });
      assert.deepEqual(await hand, ['a']);
    },
  },
  {
    rule: 'what another gives back wakes a take',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const [one, two] = [await world.consumer(), await world.consumer()];
      const entry = await one.takeOne();
      const hand = two.payloads({ waitMs: FOR_EVER_MS });
      await one.settle(entry, RELEASE);
      assert.deepEqual(await hand, ['a']);
    },
  },
  {
    rule: 'what another leaves wakes a take',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const [one, two] = [await world.consumer(), await world.consumer()];
      await one.takeOne();
      const hand = two.payloads({ waitMs: FOR_EVER_MS });
      await one.leave();
      assert.deepEqual(await hand, ['a']);
    },
  },
  {
    rule: 'a lease that runs out wakes a take',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const [one, two] = [await world.mortal(), await world.consumer()];
      await one.takeOne();
      assert.deepEqual(await two.payloads({ waitMs: FOR_EVER_MS }), ['a']);
    },
  },
  {
    rule: 'a message goes to one of many that wait',
    run: async (world) => {
      await world.group();
      const consumers = await Promise.all(numbered(10).map(() => world.consumer()));
      const hands = consumers.map((consumer) =>
        consumer.payloads({ waitMs: FOR_EVER_MS, credit: creditFor(1, 'normal') }),
      );
      for (const n of numbered(10)) await world.append(n);
      assert.deepEqual((await Promise.all(hands)).flat().sort(), numbered(10));
      assert.equal((await world.groupStats()).pending, 10);
    },
  },
  {
    rule: 'takes on many streams wait at once, and each gets its own',
    run: async (world) => {
      const streams = Array.from({ length: world.waitingTakes }, () => world.newStream());
      const hands = streams.map(async (stream) => {
        await world.group('g', { stream });
        const consumer = await world.consumer({ stream });
        return consumer.takeAll(1, { waitMs: FOR_EVER_MS });
      });
      for (const stream of streams.toReversed()) await world.appendTo(stream, `of ${stream}`);
      const entries = (await Promise.all(hands)).flat();
      assert.deepEqual(
        entries.map(textOf),
        streams.map((stream) => `of ${stream}`),
      );
    },
  },
  {
    rule: 'an abort completes a waiting take without a value, and nothing is taken',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer();
      const abort = new AbortController();
      const hand = lastValueFrom(consumer.taking({ waitMs: FOR_EVER_MS, signal: abort.signal }), {
        defaultValue: 'none',
      });
      await world.stats();
      abort.abort();
      assert.equal(await hand, 'none');
      await world.append('a');
      assert.deepEqual(await world.drain(), ['a']);
    },
  },
  {
    rule: 'a signal aborted before completes the take, though there is something',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const taking = (await world.consumer()).taking({ waitMs: FOR_EVER_MS, signal: AbortSignal.abort() });
      assert.equal(await lastValueFrom(taking, { defaultValue: 'none' }), 'none');
      assert.deepEqual(await world.drain(), ['a']);
    },
  },
  {
    rule: 'unsubscribed while it waits, a take leaves nothing behind',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer();
      const subscription = consumer.taking({ waitMs: FOR_EVER_MS }).subscribe();
      await world.stats();
      subscription.unsubscribe();
      await world.append('a');
      const other = await world.consumer();
      assert.deepEqual((await other.takeAll(1)).map(textOf), ['a']);
    },
  },
  {
    rule: 'unsubscribed at any moment, a take loses nothing, takes nothing, and counts no attempt',
    run: async (world) => {
      await world.group();
      const consumer = await world.consumer();
      const hands: Taken[] = [];
      for (const n of numbered(60)) {
        const subscription = consumer.taking({ waitMs: FOR_EVER_MS }).subscribe((hand) => hands.push(hand));
        const append = world.append(n);
        if (Number(n) % 3 === 0) await Promise.resolve();
        if (Number(n) % 3 === 1) await new Promise(setImmediate);
        subscription.unsubscribe();
        await append;
      }
      const seen: Entry[] = hands.flatMap(({ entries }) => entries);
      const other = await world.consumer();
      await eventually(async () => {
        seen.push(...(await other.take()).entries);
        assert.equal(seen.length, 60);
      });
      assert.deepEqual(new Set(seen.map(textOf)), new Set(numbered(60)));
      assert(seen.every(({ attempt }) => attempt === 1));
    },
  },
];
