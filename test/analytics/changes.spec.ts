import { expect } from 'chai';
import { changeOnPeriod, changeOnYear, ObservationError } from '../../src/analytics/index.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { resultsOf } from './support/resultsOf.ts';

const NA = null;

describe('changeOnPeriod', () => {
  it('compares with the period before, by its name', () => {
    const periods = ['2014-Q1', '2014-Q2', '2014-Q3', '2014-Q4', '2015-Q2', '2015-Q3'];
    const values = [100, 110, NA, 99, 100, 101];
    expect(resultsOf(changeOnPeriod(), values, periods)).deep.equal([null, 10, null, null, null, 1]);
  });

  it('of days and instants compares with the last value there is: they have pauses', () => {
    const days = ['2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07'];
    expect(resultsOf(changeOnPeriod(), [100, 110, NA, 99], days)).deep.equal([null, 10, null, -10]);
    const instants = ['2026-10-02T09:30:00Z', '2026-10-02T09:30:00.250Z'];
    expect(resultsOf(changeOnPeriod(), [4, 5], instants)).deep.equal([null, 25]);
  });

  it('over bare values compares with the value before', () => {
    expect(resultsOf(changeOnPeriod(), [1, 2, NA, 3, 6])).deep.equal([null, 100, null, null, 100]);
  });

  it('has no per cent of zero or less, but a difference', () => {
    expect(resultsOf(changeOnPeriod(), [-1, 0, 5])).deep.equal([null, null, null]);
    expect(resultsOf(changeOnPeriod({ as: 'difference' }), [-1, 0, 5])).deep.equal([null, 1, 5]);
  });

  it('takes per cent or difference', () => {
    const message = "as is 'x': it takes 'percent' or 'difference'";
    expect(() => changeOnPeriod({ as: 'x' as never })).throw(InvalidOptionError, message);
    expect(() => changeOnYear({ as: 'x' as never })).throw(InvalidOptionError, message);
  });
});

describe('changeOnYear', () => {
  it('compares with the same period of the year before, by its name', () => {
    const periods = ['2013-Q4', '2014-Q1', '2014-Q3', '2014-Q4', '2015-Q1'];
    expect(resultsOf(changeOnYear(), [100, 101, 103, 105, NA], periods)).deep.equal([null, null, null, 5, null]);
  });

  const years: readonly (readonly [string, string])[] = [
    ['2013', '2014'],
    ['2013-S2', '2014-S2'],
    ['2013-B3', '2014-B3'],
    ['2013-12', '2014-12'],
    ['2013-W07', '2014-W07'],
    ['2013-01-31', '2014-01-31'],
    ['2023-02-28', '2024-02-28'],
  ];
  for (const periods of years) {
    it(`finds ${periods[0]} for ${periods[1]}`, () =>
      expect(resultsOf(changeOnYear(), [50, 60], periods)).deep.equal([null, 20]));
  }

  it('has none where the year before has no such period', () => {
    expect(resultsOf(changeOnYear(), [50, 60], ['2023-02-28', '2024-02-29'])).deep.equal([null, null]);
    expect(resultsOf(changeOnYear(), [50, 60], ['2019-W52', '2020-W53'])).deep.equal([null, null]);
    expect(resultsOf(changeOnYear(), [50, NA, 60], ['2013', '2014', '2015'])).deep.equal([null, null, null]);
  });

  it('keeps no more than a year of days', () => {
    const { start, step } = changeOnYear();
    let state: unknown = start;
    const day = new Date('2020-01-01T00:00:00Z');
    for (let i = 0; i < 1500; i += 1, day.setUTCDate(day.getUTCDate() + 1)) {
      const text = day.toISOString().slice(0, 10);
      [state] = step(state, i, { text, frequency: 'daily', index: day.getTime() / 86_400_000 });
      expect((state as unknown[]).length).at.most(367);
    }
  });

  it('refuses instants and bare values', () => {
    expect(() => resultsOf(changeOnYear(), [1], ['2026-10-02T09:30:00Z'])).throw(ObservationError, 'the instant');
    expect(() => resultsOf(changeOnYear(), [1])).throw(ObservationError, 'a value without a period');
  });
});
