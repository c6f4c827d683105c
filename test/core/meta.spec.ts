import { expect } from 'chai';
import fc from 'fast-check';
import { CorruptEntryError } from '../../src/core/errors.ts';
import { decodeMeta, encodeMeta, type Meta } from '../../src/core/meta.ts';

describe('meta', () => {
  it('is the empty string when there is nothing to say', () => {
    expect(encodeMeta({})).equal('');
    expect(encodeMeta({ headers: {} })).equal('');
    expect(decodeMeta('')).deep.equal({});
  });

  it('writes what there is, in one order, and no more', () => {
    const meta: Meta = { group: 'g', headers: { a: '1' }, time: 5, key: 'k', id: 'i' };
    expect(encodeMeta(meta)).equal('{"id":"i","key":"k","time":5,"headers":{"a":"1"},"group":"g"}');
    expect(encodeMeta({ key: '', headers: {} })).equal('{"key":""}');
    expect(encodeMeta({ time: 0 })).equal('{"time":0}');
  });

  it('passes over fields of a later version', () => {
    expect(decodeMeta('{"id":"i","later":1}')).includes({ id: 'i' });
  });

  for (const text of ['null', '[]', '1', '"x"', 'true']) {
    it(`refuses ${text}`, () => expect(() => decodeMeta(text)).throw(CorruptEntryError, /is not a JSON object/));
  }

  for (const text of ['{', 'x', ' ']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => decodeMeta(text))
        .throw(CorruptEntryError, /is not JSON/)
        .has.property('cause');
    });
  }

  for (const text of [
    '{"id":1}',
    '{"key":null}',
    '{"group":{}}',
    '{"time":"5"}',
    '{"headers":"x"}',
    '{"headers":["x"]}',
    '{"headers":null}',
    '{"headers":{"a":1}}',
  ]) {
    it(`refuses ${text}`, () => expect(() => decodeMeta(text)).throw(CorruptEntryError, /field of the wrong type/));
  }

  it('quotes no more of the text than it must', () => {
    expect(() => decodeMeta(`{"id":1,"x":"${'y'.repeat(1_000)}"}`))
      .throw(CorruptEntryError)
      .has.property('message')
      .with.length.below(200);
  });

  const text = fc.string({ unit: 'grapheme' });
  const headers = fc.dictionary(
    text.filter((name) => name !== '__proto__'),
    text,
    { minKeys: 1, noNullPrototype: true },
  );

  it('gives back whatever was written', () =>
    fc.assert(
      fc.property(
        fc.record({ id: text, key: text, time: fc.nat(), headers, group: text }, { requiredKeys: [] }),
        (meta) => {
          expect(decodeMeta(encodeMeta(meta))).deep.equal(meta);
        },
      ),
    ));
});
