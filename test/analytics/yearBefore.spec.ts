import { expect } from 'chai';
import { yearBefore } from '../../src/analytics/yearBefore.ts';
import { type Period, periodOf } from '../../src/core/period.ts';

const read = (text: string): Period => periodOf(text) ?? expect.fail(`${text} is no period`);

describe('yearBefore', () => {
  const years: readonly (readonly [string, string | null])[] = [
    ['2014', '2013'],
    ['2014-S1', '2013-S1'],
    ['2014-Q1', '2013-Q1'],
    ['2014-B1', '2013-B1'],
    ['2014-01', '2013-01'],
    ['2014-W01', '2013-W01'],
    ['2014-01-31', '2013-01-31'],
    ['2024-02-29', null],
    ['2020-W53', null],
  ];
  for (const [period, before] of years) {
    it(`of ${period} is ${before}`, () =>
      expect(yearBefore(read(period))).equal(before === null ? null : read(before).index));
  }
});
