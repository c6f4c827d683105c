import { expect } from 'chai';
import fc from 'fast-check';
import { exactJson, exactNumber } from '../../../src/adapters/http/index.ts';

describe('exact JSON', () => {
  it('has numbers where doubles hold them, however they are spelled', () => {
    const spelled = ['0', '-0.0', '0e999', '1.50', '1.0e5', '100000000000000000000', '0.10000000000000000000', '-7E-3'];
    expect(spelled.map(exactNumber)).deep.equal([0, -0, 0, 1.5, 1e5, 1e20, 0.1, -0.007]);
  });

  it('has texts where they do not', () => {
    for (const source of [
      '12345678901234567890',
      '0.12345678901234567',
      '-9007199254740993',
      '1e400',
      '-1E400',
      '1e-400',
    ]) {
      expect(exactNumber(source), source).equal(source);
      expect(exactJson(`{"a":[${source}]}`)).deep.equal({ a: [source] });
    }
  });

  it('has every double that was written, as it was', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(exactJson(JSON.stringify(value)) === value).equal(true);
        // JavaScript writes the zero below zero as the one above.
        expect(exactJson(`[${value.toExponential()}]`)).deep.equal([value === 0 ? 0 : value]);
      }),
    );
  });

  it('is JSON else', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) => void expect(exactJson(JSON.stringify(value))).deep.equal(JSON.parse(JSON.stringify(value))),
      ),
    );
    expect(() => exactJson('{"a":')).throw(SyntaxError);
  });

  it('passes over numbers of any length', () => {
    const source = `1${'0'.repeat(1_000_000)}1`;
    expect(exactNumber(source)).equal(source);
    expect(exactNumber(`0.${'0'.repeat(1_000_000)}`)).equal(0);
  });
});
