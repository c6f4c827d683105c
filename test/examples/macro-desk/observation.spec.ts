import { expect } from 'chai';
import { isObserved, Observation } from '../../../examples/macro-desk/observation.ts';

describe('macro-desk Observation', () => {
  const good = { series: 'BIS/cbpol/M.US', frequency: 'monthly', period: '1954-07', value: 0.25, percentage: true };
  const parsed = (value: unknown) => Observation.parse({ ...good, value }).value;

  it('takes numbers, and numbers as text', () => {
    expect([0.25, '0.25', '-1', '+3', '1.5e3', '2E-2', '.5', '7.'].map(parsed)).to.deep.equal([
      0.25, 0.25, -1, 3, 1500, 0.02, 0.5, 7,
    ]);
  });

  it('makes null of "NA" and of null', () => {
    expect(['NA', null].map(parsed)).to.deep.equal([null, null]);
    expect(isObserved(Observation.parse({ ...good, value: 'NA' }))).to.equal(false);
    expect(isObserved(Observation.parse(good))).to.equal(true);
  });

  for (const value of ['', 'na', 'n/a', '1,5', '0x10', 'Infinity', '1e999', true, [], undefined, Number.NaN]) {
    it(`rejects the value ${JSON.stringify(value) ?? 'undefined'} (${typeof value})`, () => {
      expect(Observation.safeParse({ ...good, value }).success).to.equal(false);
    });
  }

  it('takes every form of period', () => {
    for (const period of ['2014', '2014-S1', '2014-Q4', '2018-B6', '2014-12', '2014-W53', '2014-01-31']) {
      expect(Observation.safeParse({ ...good, period }).success, period).to.equal(true);
    }
  });

  for (const wrong of [{ period: '2014-Q5' }, { period: '14' }, { frequency: 'hourly' }, { series: 'BIS/cbpol' }]) {
    it(`rejects ${JSON.stringify(wrong)}`, () => {
      expect(Observation.safeParse({ ...good, ...wrong }).success).to.equal(false);
    });
  }
});
