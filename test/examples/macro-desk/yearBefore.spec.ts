import { expect } from 'chai';
import { yearBefore } from '../../../examples/macro-desk/yearBefore.ts';

describe('macro-desk yearBefore', () => {
  const cases = [
    ['2014', '2013'],
    ['2014-S2', '2013-S2'],
    ['2014-Q1', '2013-Q1'],
    ['2018-B2', '2017-B2'],
    ['2014-01', '2013-01'],
    ['2014-W53', '2013-W53'],
    ['2014-01-31', '2013-01-31'],
    ['2000-12', '1999-12'],
    ['1000', '0999'],
  ] as const;
  for (const [period, before] of cases) {
    it(`of ${period} is ${before}`, () => {
      expect(yearBefore(period)).to.equal(before);
    });
  }
});
