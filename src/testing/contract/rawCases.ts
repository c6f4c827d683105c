import assert from 'node:assert/strict';
import type { Payload } from '../../core/codec.ts';
import type { Entry } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import { eventually } from './eventually.ts';
import { refOf } from './refOf.ts';
import { textOf } from './textOf.ts';

const NO_MESSAGE: Readonly<Record<string, Payload>> = { foo: 'bar', bytes: Uint8Array.of(0xff, 0x00, 0xc3) };

/** Streams that others write to as well: what is no message, and what goes missing. */
export const rawCases: readonly ContractCase[] = [
  {
    rule: 'an entry that is no message is handed out with its fault, and the others go on',
    needs: 'raw',
    run: async (world) => {
      await world.group();
      const raw = await world.raw();
      await world.append('before');
      const id = await raw.write(world.stream, 'normal', NO_MESSAGE);
      await world.append('after');
      const entries = await (await world.consumer()).takeAll(3);
      assert.deepEqual(
        entries.map(({ fault }) => fault !== undefined),
        [false, true, false],
      );
      assert.equal(entries[1]?.id, id);
      assert.equal(textOf(entries[2] as Entry), 'after');
    },
  },
  {
    rule: 'it can be settled as any other: retried, and rejected with its fields as they were found',
    needs: 'raw',
    run: async (world) => {
      await world.group();
      const id = await (await world.raw()).write(world.stream, 'high', NO_MESSAGE);
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeOne(), { kind: 'retry', delayMs: 0 });
      const entry = await consumer.takeOne();
      assert(entry.fault !== undefined && entry.attempt === 2);
      await consumer.settle(entry, { kind: 'reject', error: new Error('no message') });
      assert.equal((await world.groupStats()).pending, 0);
      const [letter] = await world.deadLetters();
      assert(letter?.raw);
      assert.deepEqual([letter.priority, letter.entryId, letter.attempts], ['high', id, 2]);
      assert.deepEqual(Object.keys(letter.raw).sort(), Object.keys(NO_MESSAGE).sort());
      for (const [field, value] of Object.entries(NO_MESSAGE)) {
        assert(Buffer.from(letter.raw[field] ?? '').equals(Buffer.from(value)), field);
      }
    },
  },
  {
    rule: 'a message with a field too few has a fault that names it',
    needs: 'raw',
    run: async (world) => {
      await world.group();
      await (await world.raw()).write(world.stream, 'normal', { payload: '1', type: '', encoding: 'json', meta: '' });
      const { fault } = await (await world.consumer()).takeOne();
      assert.match(fault ?? '', /topic/);
    },
  },
  {
    rule: 'a view reads past it',
    needs: 'raw',
    run: async (world) => {
      await (await world.raw()).write(world.stream, 'normal', NO_MESSAGE);
      await world.append('after');
      const { entries } = await world.read();
      assert.deepEqual(
        entries.map(({ fault }) => fault !== undefined),
        [true, false],
      );
    },
  },
  {
    rule: 'entries removed while they are owed come back as lost, once, and are settled',
    needs: 'raw',
    run: async (world) => {
      await world.group();
      await world.append('kept', 'gone');
      const consumer = await world.consumer();
      const [kept, gone] = (await consumer.takeAll(2)) as [Entry, Entry];
      await (await world.raw()).remove(world.stream, gone);
      await consumer.settle([kept, gone], { kind: 'retry', delayMs: 0 });
      const lost: unknown[] = [];
      const seen: string[] = [];
      await eventually(async () => {
        const hand = await consumer.take();
        lost.push(...hand.lost.map(refOf));
        seen.push(...hand.entries.map(textOf));
        assert.deepEqual([seen, lost], [['kept'], [refOf(gone)]]);
      });
      assert.deepEqual(await consumer.take(), { entries: [], lost: [] });
      assert.equal((await world.groupStats()).pending, 1);
    },
  },
  {
    rule: 'entries removed while a consumer that died had them come back as lost, once',
    needs: 'raw',
    run: async (world) => {
      await world.group();
      await world.append('gone', 'kept');
      const [dead, live] = [await world.mortal(), await world.consumer()];
      const [gone] = await dead.takeAll(2);
      await (await world.raw()).remove(world.stream, gone as Entry);
      const lost: unknown[] = [];
      const seen: string[] = [];
      await eventually(async () => {
        const hand = await live.take();
        lost.push(...hand.lost.map(refOf));
        seen.push(...hand.entries.map(textOf));
        assert.deepEqual([seen, lost], [['kept'], [refOf(gone as Entry)]]);
      });
      assert.deepEqual(await live.take(), { entries: [], lost: [] });
    },
  },
];
