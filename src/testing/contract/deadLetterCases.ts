import assert from 'node:assert/strict';
import { firstValueFrom } from 'rxjs';
import { decodeMeta } from '../../core/meta.ts';
import type { DeadLetter, StoreRecord } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

/** Rejects these records and returns their dead letters. */
async function buried(world: ContractWorld, ...records: readonly (string | StoreRecord)[]) {
  await world.group();
  await world.append(...records);
  const consumer = await world.consumer();
  const entries = await consumer.takeAll(records.length);
  await consumer.settle(entries, { kind: 'reject', error: new Error('no good') });
  return world.deadLetters();
}

function idsOf(letters: readonly DeadLetter[]): readonly string[] {
  return letters.map(({ id }) => id);
}

function replay(world: ContractWorld, ids: readonly string[]): Promise<number> {
  return firstValueFrom(world.store.replay(world.stream, ids));
}

function purge(world: ContractWorld, ids: readonly string[]): Promise<number> {
  return firstValueFrom(world.store.purge(world.stream, ids));
}

function unreadable(): never {
  throw new Error('a getter that throws');
}

/** Dead letters: kept whole, browsed, replayed, purged. */
export const deadLetterCases: readonly ContractCase[] = [
  {
    rule: 'a dead letter is the message, whole, with why, when and where',
    run: async (world) => {
      await world.group('risk');
      const record = {
        priority: 'high',
        topic: 'a.b',
        payload: '{}',
        type: 'T',
        encoding: 'json',
        meta: '{"key":"k"}',
      } as const;
      const [ref] = await world.append(record);
      const consumer = await world.consumer({ group: 'risk' });
      await consumer.settle(await consumer.takeOne(), { kind: 'retry', delayMs: 0 });
      const error = new RangeError('too far');
      const before = Date.now();
      await consumer.settle(await consumer.takeOne(), { kind: 'reject', error }, 'check');
      const [letter] = await world.deadLetters();
      assert(letter);
      const { id, time, payload, ...rest } = letter;
      assert.deepEqual(
        { ...rest, payload: textOf({ payload }), error: { ...rest.error } },
        {
          ...record,
          group: 'risk',
          entryId: ref?.id,
          attempts: 2,
          stage: 'check',
          error: { name: 'RangeError', message: 'too far', stack: error.stack },
        },
      );
      assert(id !== '');
      assert(Math.abs(time - before) < 60_000, 'the time of the rejection');
    },
  },
  {
    rule: 'a dead letter says in which span it was handled, where it was',
    run: async (world) => {
      await world.group();
      await world.append('a', 'b');
      const consumer = await world.consumer();
      const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const outcome = { kind: 'reject', error: new Error('no') } as const;
      const [a, b] = await consumer.takeAll(2);
      assert(a && b);
      await consumer.settleAll([
        { priority: a.priority, id: a.id, attempt: a.attempt, outcome, trace, stage: 's' },
        { priority: b.priority, id: b.id, attempt: b.attempt, outcome },
      ]);
      const letters = await world.deadLetters();
      assert.deepEqual(
        letters.map((letter) => letter.trace),
        [trace, undefined],
      );
      assert.deepEqual(letters.map(textOf), ['a', 'b']);
    },
  },
  {
    rule: 'a rejection is kept though its error can not be read',
    run: async (world) => {
      await world.group();
      await world.append('a');
      const consumer = await world.consumer();
      const error = new Error('readable');
      for (const property of ['name', 'message', 'stack']) Object.defineProperty(error, property, { get: unreadable });
      await consumer.settle(await consumer.takeOne(), { kind: 'reject', error });
      const [letter] = await world.deadLetters();
      assert(letter && textOf(letter) === 'a');
      assert.equal(letter.error.name, 'Error');
    },
  },
  {
    rule: 'the stage is left out when nobody named one',
    run: async (world) => {
      const [letter] = await buried(world, 'a');
      assert(letter && !('stage' in letter) && !('raw' in letter));
    },
  },
  {
    rule: 'dead letters are browsed oldest first, page by page',
    run: async (world) => {
      await buried(world, ...numbered(25));
      const seen: DeadLetter[] = [];
      for (;;) {
        const after = seen.at(-1)?.id;
        const page = await world.deadLetters(after === undefined ? { count: 10 } : { after, count: 10 });
        assert(page.length <= 10);
        if (page.length === 0) break;
        seen.push(...page);
      }
      assert.deepEqual(seen.map(textOf), numbered(25));
    },
  },
  {
    rule: 'browsing goes on behind a dead letter that is gone',
    run: async (world) => {
      const letters = await buried(world, ...numbered(6));
      await purge(world, idsOf(letters.slice(0, 4)));
      assert.deepEqual((await world.deadLetters({ after: letters[2]?.id ?? '' })).map(textOf), ['4', '5']);
    },
  },
  {
    rule: 'a replayed dead letter is appended again for its group, under the id it had',
    run: async (world) => {
      await world.group('other', { start: 'latest' });
      const [letter] = await buried(world, 'a');
      assert(letter);
      assert.equal(await replay(world, [letter.id]), 1);
      assert.deepEqual(await world.deadLetters(), []);
      const entry = await (await world.consumer()).takeOne();
      assert.equal(textOf(entry), 'a');
      assert.equal(entry.attempt, 1);
      assert.notEqual(entry.id, letter.entryId);
      const { group, id } = decodeMeta(entry.meta);
      assert.deepEqual({ group, id }, { group: 'g', id: `${world.stream}:normal:${letter.entryId}` });
    },
  },
  {
    rule: 'a replay keeps lane, topic, type, encoding, and what the meta said',
    run: async (world) => {
      const meta = { id: 'own', key: 'k', time: 1_700_000_000_000, headers: { a: 'ä' } };
      const record = {
        priority: 'low',
        topic: 'a.b',
        payload: 'p',
        type: 'T',
        encoding: 'json',
        meta: JSON.stringify(meta),
      } as const;
      await replay(world, idsOf(await buried(world, record)));
      const { id: _, attempt: __, meta: replayed, payload, ...rest } = await (await world.consumer()).takeOne();
      assert.deepEqual({ ...rest, payload: textOf({ payload }), meta: '' }, { ...record, meta: '' });
      assert.deepEqual({ ...decodeMeta(replayed) }, { ...meta, group: 'g' });
    },
  },
  {
    rule: 'a replay carries what is changed, the others as they are, and with another topic is for every group',
    run: async (world) => {
      await world.group('other', { start: 'latest' });
      const letters = await buried(world, 'a', 'b', 'c');
      const [a = '', b = ''] = idsOf(letters);
      // Text of more bytes than characters: what is encoded as JSON may be read as text.
      const bytes = new TextEncoder().encode('"größer"');
      const changes = new Map([
        [a, { payload: bytes }],
        [b, { payload: '', topic: 'else.where' }],
        ['1-1', { topic: 'nobody' }],
      ]);
      assert.equal(await firstValueFrom(world.store.replay(world.stream, idsOf(letters), changes)), 3);
      const entries = await (await world.consumer()).takeAll(3);
      assert.deepEqual(Buffer.from(entries[0]?.payload as Uint8Array), Buffer.from(bytes));
      assert.deepEqual(entries.slice(1).map(textOf), ['', 'c']);
      assert.deepEqual(
        entries.map(({ topic, meta }) => [topic, decodeMeta(meta).group]),
        [
          [letters[0]?.topic, 'g'],
          ['else.where', undefined],
          [letters[2]?.topic, 'g'],
        ],
      );
    },
  },
  {
    rule: 'a replay that is repeated appends nothing twice',
    run: async (world) => {
      const ids = idsOf(await buried(world, 'a', 'b'));
      assert.equal(await replay(world, ids.slice(0, 1)), 1);
      assert.equal(await replay(world, ids), 1);
      assert.equal(await replay(world, ids), 0);
      assert.deepEqual(await world.drain(), ['a', 'b']);
    },
  },
  {
    rule: 'a message rejected again after a replay may be replayed again',
    run: async (world) => {
      const [first] = await buried(world, 'a');
      await replay(world, [first?.id ?? '']);
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeOne(), { kind: 'reject', error: new Error('still') });
      const letters = await world.deadLetters();
      assert.deepEqual(
        letters.map(({ error }) => error.message),
        ['still'],
      );
      assert.equal(await replay(world, idsOf(letters)), 1);
      const { meta } = await consumer.takeOne();
      assert.equal(decodeMeta(meta).id, `${world.stream}:normal:${first?.entryId}`);
    },
  },
  {
    rule: 'a replay wakes a waiting take',
    run: async (world) => {
      const letters = await buried(world, 'a');
      const hand = (await world.consumer()).payloads({ waitMs: 15_000 });
      await replay(world, idsOf(letters));
      assert.deepEqual(await hand, ['a']);
    },
  },
  {
    rule: 'many are replayed in one call, in the order named',
    run: async (world) => {
      const letters = await buried(world, ...numbered(100));
      assert.equal(await replay(world, idsOf(letters)), 100);
      assert.deepEqual(await world.drain(), numbered(100));
    },
  },
  {
    rule: 'purging removes, for good',
    run: async (world) => {
      const letters = await buried(world, 'a', 'b', 'c');
      assert.equal(await purge(world, idsOf(letters.slice(0, 2))), 2);
      assert.deepEqual((await world.deadLetters()).map(textOf), ['c']);
      assert.equal((await world.stats()).deadLetters, 1);
      assert.equal(await replay(world, idsOf(letters)), 1);
      assert.deepEqual(await world.drain(), ['c']);
    },
  },
  {
    rule: 'what is not there is not counted: replayed, purged, or named twice',
    run: async (world) => {
      const [letter] = await buried(world, 'a', 'b');
      const id = letter?.id ?? '';
      assert.equal(await replay(world, [id, id, '1-1', 'nonsense']), 1);
      assert.equal(await replay(world, [id]), 0);
      assert.equal(await purge(world, [id, '1-1', 'nonsense']), 0);
      assert.equal(await replay(world, []), 0);
      assert.equal(await purge(world, []), 0);
      assert.equal((await world.deadLetters()).length, 1);
    },
  },
  {
    rule: 'each group has its own rejection of a message',
    run: async (world) => {
      await world.group('one');
      await world.group('two');
      await world.append(recordOf('a'));
      for (const group of ['one', 'two']) {
        const consumer = await world.consumer({ group });
        await consumer.settle(await consumer.takeOne(), { kind: 'reject', error: new Error(`by ${group}`) });
      }
      const letters = await world.deadLetters();
      assert.deepEqual(
        letters.map(({ group, error }) => [group, error.message]),
        [
          ['one', 'by one'],
          ['two', 'by two'],
        ],
      );
    },
  },
  {
    rule: 'a stream without any has none',
    run: async (world) => {
      assert.deepEqual(await world.deadLetters(), []);
      assert.equal(await replay(world, ['1-1']), 0);
    },
  },
];
