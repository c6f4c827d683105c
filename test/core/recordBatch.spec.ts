import { randomBytes } from 'node:crypto';
import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Compression, compressed } from '../../src/core/batchCompression.ts';
import { countOf } from '../../src/core/batchEncoding.ts';
import type { Payload } from '../../src/core/codec.ts';
import { Codecs } from '../../src/core/codecs.ts';
import { CorruptEntryError } from '../../src/core/errors.ts';
import { jsonCodec } from '../../src/core/jsonCodec.ts';
import { openBatch } from '../../src/core/openedBatch.ts';
import { packRecords } from '../../src/core/recordBatch.ts';
import type { StoreRecord } from '../../src/core/store.ts';

const COMPRESSIONS: readonly Compression[] = ['none', 'zstd', 'deflate'];
const codecs = new Codecs();

function recordOf(payload: Payload, more: Partial<StoreRecord> = {}): StoreRecord {
  return { priority: 'normal', topic: 'a.b', type: '', encoding: 'json', meta: '', ...more, payload };
}

function jsonRecords(...data: readonly unknown[]): StoreRecord[] {
  return data.map((value) => recordOf(JSON.stringify(value)));
}

/** As Redis gives it back: text as bytes. */
function stored(record: StoreRecord): StoreRecord {
  return { ...record, payload: bytesOf(record.payload) };
}

function bytesOf(payload: Payload): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

function comparable({ payload, ...rest }: StoreRecord): unknown {
  return { ...rest, payload: Buffer.from(bytesOf(payload)).toString('hex') };
}

/** A record batch of this head and body. */
function framed(head: unknown, body: string, count: number): StoreRecord {
  const payload = `${typeof head === 'string' ? head : JSON.stringify(head)}\n${body}`;
  return { ...recordOf(payload), encoding: 'sluice-batch', count };
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const record = fc.record({
  priority: fc.constant('normal' as const),
  topic: text,
  type: text,
  encoding: fc.oneof(fc.constant('json'), text),
  meta: text,
  payload: fc.oneof(text, fc.uint8Array({ maxLength: 12 }), fc.json({ maxDepth: 2 })),
});
const records = fc.array(record, { minLength: 1, maxLength: 20 });
const jsonValues = fc.array(fc.jsonValue({ maxDepth: 2 }), { minLength: 1, maxLength: 30 });
const compression = fc.constantFrom(...COMPRESSIONS);

describe('record batches', () => {
  it('hold what was packed, whatever it is, as text and as bytes', () => {
    fc.assert(
      fc.property(records, compression, (packed, by) => {
        const whole = packRecords(packed, by);
        for (const entry of [whole, stored(whole)]) {
          const batch = openBatch(entry);
          expect(batch.count).to.equal(packed.length);
          for (const [index, one] of packed.entries()) {
            expect(comparable(batch.record(index))).to.deep.equal(comparable(one));
          }
        }
      }),
    );
  });

  it('give the data of JSON messages as each by itself gives it', () => {
    fc.assert(
      fc.property(jsonValues, compression, (values, by) => {
        const batch = openBatch(stored(packRecords(jsonRecords(...values), by)));
        const one = jsonCodec();
        for (const [index, value] of values.entries()) {
          expect(batch.data(index, codecs)).to.deep.equal(one.decode(JSON.stringify(value)));
        }
      }),
    );
  });

  it('lose no digit of long integers', () => {
    const texts = ['{"n":9007199254740993}', '1', '[12345678901234567890]'];
    const batch = openBatch(stored(packRecords(texts.map((payload) => recordOf(payload)))));
    expect(texts.map((_, index) => batch.data(index, codecs))).to.deep.equal([
      { n: 9007199254740993n },
      1,
      [12345678901234567890n],
    ]);
  });

  it('keep what can not be decoded to itself', () => {
    const batch = openBatch(packRecords([recordOf('1'), recordOf('{'), recordOf(''), recordOf('"ä"')]));
    expect(batch.data(0, codecs)).to.equal(1);
    for (const index of [1, 2]) expect(() => batch.data(index, codecs)).to.throw('payload is not JSON');
    expect(batch.data(3, codecs)).to.equal('ä');
  });

  it('decode JSON in one go, once, and other encodings by their codecs', () => {
    let joined = 0;
    const counting = {
      ...jsonCodec(),
      decodeJoined: (all: string, count: number) => {
        joined += 1;
        return jsonCodec().decodeJoined?.(all, count);
      },
    };
    const json = openBatch(packRecords(jsonRecords(1, 2, 3)));
    expect([2, 0, 1].map((index) => json.data(index, new Codecs([counting])))).to.deep.equal([3, 1, 2]);
    expect(joined).to.equal(1);
    const mixed = openBatch(packRecords([recordOf('1'), recordOf(Uint8Array.of(255, 10), { encoding: 'bytes' })]));
    expect(mixed.data(0, codecs)).to.equal(1);
    expect([...(mixed.data(1, codecs) as Uint8Array)]).to.deep.equal([255, 10]);
    expect(joined).to.equal(1);
  });

  it('write a shared topic on the entry, and nothing twice', () => {
    const one = packRecords(jsonRecords('a', 'b', 'c'));
    expect([one.topic, one.encoding, one.meta, one.count]).to.deep.equal(['a.b', 'sluice-batch', '{"count":3}', 3]);
    expect(one.payload).to.equal('{"body":"json","kinds":[["a.b","","json"]],"lengths":[3,3,3]}\n["a","b","c"]');
    expect(packRecords([recordOf('1'), recordOf('2', { topic: 'x' })]).topic).to.equal('');
  });

  it('are compressed where it pays', () => {
    const long = jsonRecords(...Array.from({ length: 100 }, (_, n) => ({ symbol: 'BINANCE.ETHUSDT', n })));
    const size = (by: Compression) => packRecords(long, by).payload.length;
    for (const by of ['zstd', 'deflate'] as const) {
      expect(packRecords(long, by).encoding).to.equal(`sluice-batch+${by}`);
      expect(size(by)).to.be.below(size('none') / 4);
      const noise = recordOf(randomBytes(2_000), { encoding: 'bytes' });
      expect(packRecords([noise], by).encoding).to.equal('sluice-batch');
    }
  });

  it('are left as they are where, decompressed, they might pass what is read', () => {
    const large = recordOf(JSON.stringify('x'.repeat(23 * 1024 * 1024)));
    expect(packRecords([large], 'zstd').encoding).to.equal('sluice-batch');
  });

  it('say how many messages they hold where a store looks for it, and nobody else does', () => {
    const { encoding, meta } = packRecords(jsonRecords(1, 2));
    expect(countOf(encoding, meta)).to.equal(2);
    expect(countOf('json', meta)).to.equal(undefined);
    for (const none of ['', '{}', '{"count":0}', '{"count":10001}', '{"count":1.5}', '{"x":1,"count":2}']) {
      expect(countOf(encoding, none), none).to.equal(undefined);
    }
    expect(countOf('sluice-batch+zstd', '{"count":10000,"group":"g"}')).to.equal(10_000);
  });

  it('can not be empty, too many, or within another', () => {
    expect(() => packRecords([])).to.throw(RangeError, '1 to 10000');
    expect(() => packRecords(jsonRecords(...new Array(10_001).fill(1)))).to.throw(RangeError, '1 to 10000');
    expect(() => packRecords([packRecords(jsonRecords(1))])).to.throw(RangeError, 'within another');
  });

  describe('that are damaged', () => {
    const head = { body: 'json', kinds: [['a', '', 'json']], lengths: [1, 1] };
    const damaged: Record<string, StoreRecord> = {
      'no head': { ...framed('', '', 2), payload: 'nothing' },
      'no head, as bytes': { ...framed('', '', 2), payload: Uint8Array.of(1, 2, 3) },
      'a head that is not JSON': framed('{', '[1,2]', 2),
      'a head that is no object': framed(null, '[1,2]', 2),
      'an unknown body': framed({ ...head, body: 'xml' }, '[1,2]', 2),
      'no lengths': framed({ ...head, lengths: undefined }, '[1,2]', 2),
      'another count than the entry says': framed(head, '[1,2]', 3),
      'fewer than the entry says': framed(head, '[1,2]', 1),
      'a length that is no number': framed({ ...head, lengths: ['1', 1] }, '[1,2]', 2),
      'a length below 0': framed({ ...head, lengths: [3, -1] }, '[1,2]', 2),
      'a length that is no whole number': framed({ ...head, lengths: [0.5, 1.5] }, '[1,2]', 2),
      'a length bomb': framed({ ...head, lengths: [1e300, 1] }, '[1,2]', 2),
      'lengths beyond the body': framed({ ...head, lengths: [1, 2] }, '[1,2]', 2),
      'lengths short of the body': framed({ ...head, lengths: [1, 0] }, '[1,2]', 2),
      'no kinds': framed({ ...head, kinds: [] }, '[1,2]', 2),
      'a kind of too few': framed({ ...head, kinds: [['a', '']] }, '[1,2]', 2),
      'a kind that is no text': framed({ ...head, kinds: [['a', '', 7]] }, '[1,2]', 2),
      'several kinds, and which is not said': framed({ ...head, kinds: [...head.kinds, ...head.kinds] }, '[1,2]', 2),
      'a kind that is not there': framed({ ...head, kind: [0, 1] }, '[1,2]', 2),
      'a kind too few': framed({ ...head, kind: [0] }, '[1,2]', 2),
      'a meta too few': framed({ ...head, metas: [''] }, '[1,2]', 2),
      'a meta that is no text': framed({ ...head, metas: ['', 7] }, '[1,2]', 2),
      'an unknown compression': { ...framed(head, '[1,2]', 2), encoding: 'sluice-batch+rar' },
      'no compression where one is named': { ...framed(head, '[1,2]', 2), encoding: 'sluice-batch+zstd' },
      'another compression than is named': {
        ...framed(head, '[1,2]', 2),
        payload: compressed('{}\n[]', 'deflate'),
        encoding: 'sluice-batch+zstd',
      },
    };
    for (const [what, entry] of Object.entries(damaged)) {
      it(`are found out: ${what}`, () => expect(() => openBatch(entry)).to.throw(CorruptEntryError));
    }

    it('are found out when no count is known', () => {
      const { count: _, ...entry } = framed(head, '[1,2]', 2);
      expect(() => openBatch(entry)).to.throw(CorruptEntryError, 'how many');
    });

    it('never make more of it than the limit, however small they look', () => {
      const bomb = Buffer.alloc(8 * 1024 * 1024);
      for (const [encoding, payload] of [
        ['sluice-batch+zstd', zstdCompressSync(bomb)],
        ['sluice-batch+deflate', deflateRawSync(bomb)],
      ] as const) {
        expect(payload.length).to.be.below(100_000);
        const entry = { ...framed(head, '', 2), encoding, payload };
        expect(() => openBatch(entry, 1_000_000)).to.throw(CorruptEntryError, '1000000 bytes');
      }
    });

    it('throw nothing but CorruptEntryError, wherever bytes are changed, cut off or added', () => {
      fc.assert(
        fc.property(
          records,
          compression,
          fc.nat(),
          fc.uint8Array({ maxLength: 4 }),
          fc.nat(4),
          (packed, by, at, put, cut) => {
            const entry = stored(packRecords(packed, by));
            const bytes = bytesOf(entry.payload);
            const from = at % (bytes.length + 1);
            const payload = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
            try {
              const batch = openBatch({ ...entry, payload });
              for (let index = 0; index < batch.count; index += 1) batch.record(index);
            } catch (error) {
              expect(error).to.be.instanceOf(CorruptEntryError);
            }
          },
        ),
        { numRuns: 500 },
      );
    });
  });
});
