import { expect } from 'chai';
import fc from 'fast-check';
import { periodOf } from '../../../src/adapters/dbnomics/index.ts';
import { observationValue } from '../../../src/adapters/dbnomics/observationValue.ts';

describe('periodOf', () => {
  const ROWS = [
    ['2014', 'annual', '2014-01-01'],
    ['2014-S1', 'bi-annual', '2014-01-01'],
    ['2014-S2', 'bi-annual', '2014-07-01'],
    ['2014-Q1', 'quarterly', '2014-01-01'],
    ['2014-Q4', 'quarterly', '2014-10-01'],
    ['2018-B2', 'bimonthly', '2018-03-01'],
    ['2018-B6', 'bimonthly', '2018-11-01'],
    ['2014-01', 'monthly', '2014-01-01'],
    ['2014-12', 'monthly', '2014-12-01'],
    ['2014-W01', 'weekly', '2013-12-30'],
    ['2020-W53', 'weekly', '2020-12-28'],
    ['2021-W01', 'weekly', '2021-01-04'],
    ['2014-01-31', 'daily', '2014-01-31'],
    ['2024-02-29', 'daily', '2024-02-29'],
  ] as const;
  for (const [period, frequency, startDay] of ROWS) {
    it(`knows ${period}`, () => expect(periodOf(period)).deep.equal({ frequency, startDay }));
  }

  for (const period of [
    '',
    '14',
    '2014-S3',
    '2014-Q0',
    '2014-B7',
    '2014-13',
    '2021-W53',
    '2014-W00',
    '2023-02-29',
    'x',
  ]) {
    it(`knows no '${period}'`, () => expect(periodOf(period)).equal(undefined));
  }

  it('has weeks that begin on Mondays, seven days apart', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2200 }), fc.integer({ min: 1, max: 52 }), (year, week) => {
        const day = (nth: number) => Date.parse(periodOf(`${year}-W${String(nth).padStart(2, '0')}`)?.startDay ?? '');
        expect(new Date(day(week)).getUTCDay()).equal(1);
        if (week < 52) expect(day(week + 1) - day(week)).equal(7 * 86_400_000);
      }),
    );
  });
});

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
