import { expect } from 'chai';
import fc from 'fast-check';
import { DecodeError, EncodeError, PermanentError } from '../../src/core/errors.ts';
import { jsonCodec } from '../../src/core/jsonCodec.ts';

const codec = jsonCodec();
const integers = jsonCodec({ bigints: 'integer' });
const NANOS = 1_640_995_200_000_000_123n;

describe('jsonCodec', () => {
  it('is named json', () => expect(codec.encoding).equal('json'));

  describe('decode', () => {
    const long: [string, unknown][] = [
      [`${NANOS}`, NANOS],
      [`-${NANOS}`, -NANOS],
      [`{"ts_event":${NANOS},"n":1}`, { ts_event: NANOS, n: 1 }],
      [`[[${NANOS}]]`, [[NANOS]]],
      ['9007199254740991', Number.MAX_SAFE_INTEGER],
      ['9007199254740992', 9_007_199_254_740_992n],
      ['9007199254740993', 9_007_199_254_740_993n],
      ['-9007199254740991', Number.MIN_SAFE_INTEGER],
      ['-9007199254740992', -9_007_199_254_740_992n],
      ['1234567890.1234567890123456', Number.parseFloat('1234567890.1234567890123456')],
      ['0.1234567890123456789', Number.parseFloat('0.1234567890123456789')],
      ['12345678901234567890e2', Number.parseFloat('12345678901234567890e2')],
      ['1e400', Infinity],
      [`"${NANOS}"`, `${NANOS}`],
      ['{"a":1.0}', { a: 1 }],
    ];
    for (const [text, value] of long) it(`reads ${text}`, () => expect(codec.decode(text)).deep.equal(value));

    it('reads bytes, and a part of a buffer', () => {
      const bytes = Buffer.from('xx{"a":"é"}xx').subarray(2, -2);
      expect(codec.decode(bytes)).deep.equal({ a: 'é' });
      expect(codec.decode(new Uint8Array(bytes))).deep.equal({ a: 'é' });
    });

    for (const text of ['', '{', 'undefined', "{'a':1}", '2026-01-01T00:00:00Z', `${NANOS}x`]) {
      it(`refuses ${JSON.stringify(text)}`, () => {
        expect(() => codec.decode(text))
          .throw(DecodeError, /^payload is not JSON: /)
          .includes({ code: 'DECODE' });
      });
    }

    it('makes no property a prototype', () => {
      const read = codec.decode(`{"__proto__":{"bad":true},"n":${NANOS}}`) as { bad?: boolean };
      expect(read.bad).equal(undefined);
    });
  });

  describe('encode', () => {
    it('refuses a BigInt, and says what to do', () => {
      expect(() => codec.encode({ ts: NANOS })).throw(EncodeError, /holds a BigInt; send a string, or allow integers/);
    });

    it('writes its digits where that is allowed', () => {
      expect(integers.encode({ ts: NANOS, all: [1n, -2n], n: 1, s: 'x' })).equal(
        `{"ts":${NANOS},"all":[1,-2],"n":1,"s":"x"}`,
      );
    });

    it('refuses a cycle', () => {
      const cycle: { self?: unknown } = {};
      cycle.self = cycle;
      for (const each of [codec, integers]) expect(() => each.encode(cycle)).throw(EncodeError, /refers to itself/);
    });

    it('refuses what JSON has no form for', () => {
      for (const data of [undefined, () => {}, Symbol('s')]) {
        expect(() => codec.encode(data)).throw(EncodeError, `it is ${typeof data}`);
      }
    });

    it('refuses what throws as it is written, with the cause', () => {
      const data = {
        toJSON() {
          throw new Error('not me');
        },
      };
      expect(() => codec.encode(data))
        .throw(EncodeError, "data can't be written as JSON: not me")
        .has.property('cause');
    });

    it('fails for good', () => {
      expect(() => codec.encode(1n))
        .throw(PermanentError)
        .includes({ code: 'ENCODE' });
    });
  });

  describe('round trip', () => {
    // JSON writes -0 as 0.
    const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('-0') && !hasNegativeZero(value));

    it('gives back any JSON value', () =>
      fc.assert(
        fc.property(json, (value) => {
          expect(codec.decode(codec.encode(value))).deep.equal(value);
          expect(codec.decode(Buffer.from(codec.encode(value) as string))).deep.equal(value);
        }),
      ));

    it('gives back any number as one, whether BigInts are written or not', () =>
      fc.assert(
        fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(2 ** 53)), (n) => {
          for (const each of [codec, integers]) {
            // JSON has no negative zero.
            expect(each.decode(each.encode({ deep: [n] }))).deep.equal({ deep: [n + 0] });
          }
        }),
      ));

    it('gives back any integer, digit for digit', () =>
      fc.assert(
        fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (n) => {
          const read = (integers.decode(integers.encode({ n })) as { n: number | bigint }).n;
          expect(BigInt(read)).equal(n);
          expect(typeof read).equal(Number.isSafeInteger(Number(n)) ? 'number' : 'bigint');
        }),
      ));
  });
});

function hasNegativeZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasNegativeZero);
  return Object.is(value, -0);
}
