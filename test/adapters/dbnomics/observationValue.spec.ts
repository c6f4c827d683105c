import { expect } from 'chai';
import fc from 'fast-check';
import { observationValue } from '../../../src/adapters/dbnomics/observationValue.ts';

describe('observationValue', () => {
  const ROWS = [
    [1.5, { value: 1.5 }],
    [0, { value: 0 }],
    ['1.5', { value: 1.5, original: '1.5' }],
    ['-2.5E-3', { value: -0.0025, original: '-2.5E-3' }],
    [' 7 ', { value: 7, original: ' 7 ' }],
    ['12345678901234567890', { value: Number('12345678901234567890'), original: '12345678901234567890' }],
    ['NA', { value: null, original: 'NA' }],
    ['', { value: null, original: '' }],
    ['NaN', { value: null, original: 'NaN' }],
    ['0x10', { value: null, original: '0x10' }],
    ['1e999', { value: null, original: '1e999' }],
    [null, { value: null, original: null }],
    [true, { value: null, original: 'true' }],
  ] as const;
  for (const [sent, read] of ROWS)
    it(`reads ${JSON.stringify(sent)}`, () => expect(observationValue(sent)).deep.equal(read));

  it('reads every double in any spelling', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(observationValue(value.toExponential()).value).equal(value);
        expect(observationValue(String(value)).value).equal(value === 0 ? Number(String(value)) : value);
      }),
    );
  });
});
