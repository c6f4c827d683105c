import assert from 'node:assert/strict';
import type { StoreRecord } from '../../core/store.ts';
import type { ContractCase } from './contractCase.ts';
import type { ContractWorld } from './contractWorld.ts';
import { numbered } from './numbered.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, i) => i);
const NOT_UTF8 = Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28, 0xed, 0xa0, 0x80);
const UNICODE = 'Ünïcödé ✓ 漢字 🦆 \u0000 "quoted" \r\n \u2028 עברית';

/** Sends records through the store and checks that they come out as they went in, by bytes. */
async function returns(world: ContractWorld, ...records: readonly StoreRecord[]): Promise<void> {
  await world.group();
  await world.append(...records);
  const entries = await (await world.consumer()).takeAll(records.length);
  for (const [i, { payload, ...record }] of records.entries()) {
    const { id: _, attempt, payload: got, ...entry } = entries[i] ?? assert.fail('an entry came');
    assert.deepEqual({ ...entry }, record);
    assert.equal(attempt, 1);
    assert(Buffer.from(got).equals(Buffer.from(payload)), 'payload, by bytes');
  }
}

/** Payloads of every kind come out as they went in. */
export const payloadCases: readonly ContractCase[] = [
  {
    rule: 'payloads of several MB',
    run: (world) => {
      const text = 'sluice→'.repeat(Math.ceil(world.largeBytes / 9));
      const bytes = new Uint8Array(world.largeBytes).map((_, i) => i * 31);
      return returns(world, recordOf(text), recordOf(bytes, { encoding: 'bytes' }), recordOf('small'));
    },
  },
  {
    rule: 'all 256 byte values, and bytes that are no UTF-8',
    run: (world) => returns(world, ...[EVERY_BYTE, NOT_UTF8].map((bytes) => recordOf(bytes, { encoding: 'bytes' }))),
  },
  {
    rule: 'a view into a larger buffer is its own bytes only, even when the buffer is used again',
    run: async (world) => {
      await world.group();
      const buffer = Uint8Array.from(EVERY_BYTE);
      await world.append(recordOf(buffer.subarray(10, 20), { encoding: 'bytes' }));
      buffer.fill(0);
      const { payload } = await (await world.consumer()).takeOne();
      assert.deepEqual([...Buffer.from(payload)], [...EVERY_BYTE.subarray(10, 20)]);
    },
  },
  {
    rule: 'unicode in topic, payload, type and meta',
    run: (world) =>
      returns(
        world,
        recordOf(UNICODE, { topic: 'börse.注文.🦆', type: 'Örder', meta: JSON.stringify({ key: UNICODE }) }),
      ),
  },
  {
    rule: 'empty payloads, text and bytes',
    run: (world) => returns(world, recordOf(''), recordOf(new Uint8Array(0), { encoding: 'bytes' }), recordOf('after')),
  },
  {
    rule: 'numbers, booleans and nulls stay text',
    run: (world) =>
      returns(world, ...['0', '-1', '1e400', 'true', 'null', '9007199254740993'].map((text) => recordOf(text))),
  },
  {
    rule: 'a dead letter keeps them too',
    run: async (world) => {
      await world.group();
      await world.append(recordOf(EVERY_BYTE, { encoding: 'bytes', topic: 'börse', type: 'Örder' }), recordOf(UNICODE));
      const consumer = await world.consumer();
      await consumer.settle(await consumer.takeAll(2), { kind: 'reject', error: new Error(UNICODE) });
      const [bytes, text] = await world.deadLetters();
      assert.deepEqual([...Buffer.from(bytes?.payload ?? '')], [...EVERY_BYTE]);
      assert.deepEqual([bytes?.topic, bytes?.type, bytes?.error.message], ['börse', 'Örder', UNICODE]);
      assert.equal(text && textOf(text), UNICODE);
    },
  },
  {
    rule: 'many sizes side by side',
    run: (world) => returns(world, ...numbered(60).map((n) => recordOf('x'.repeat(Number(n) ** 2)))),
  },
];
