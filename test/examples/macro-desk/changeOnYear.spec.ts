import { expect } from 'chai';
import { changeOnYear } from '../../../examples/macro-desk/changeOnYear.ts';
import type { Observed } from '../../../examples/macro-desk/observation.ts';

describe('macro-desk changeOnYear', () => {
  const observed = (period: string, value: number, rest: Partial<Observed> = {}): Observed => ({
    series: 'P/D/s',
    frequency: 'quarterly',
    period,
    value,
    percentage: false,
    ...rest,
  });

  it('is in per cent, and there is none in the first year', () => {
    const find = changeOnYear();
    expect(find(observed('2021-Q2', 200))).to.deep.equal({
      series: 'P/D/s',
      period: '2021-Q2',
      value: 200,
      yearBefore: null,
      change: null,
      unit: 'percent',
    });
    expect(find(observed('2022-Q2', 250))).to.include({ yearBefore: 200, change: 25, unit: 'percent' });
  });

  it('of a percentage is in points, without the noise of binary fractions', () => {
    const find = changeOnYear();
    find(observed('1998', 10.4, { percentage: true }));
    expect(find(observed('1999', 9.7, { percentage: true }))).to.include({ change: -0.7, unit: 'percentage points' });
  });

  it('finds the same period, not so many rows back, where periods are missing', () => {
    const find = changeOnYear();
    for (const period of ['2021-Q1', '2021-Q2', '2021-Q4']) find(observed(period, 100));
    expect(find(observed('2022-Q1', 110)).change).to.equal(10);
    expect(find(observed('2022-Q3', 120)).change).to.equal(null);
    expect(find(observed('2022-Q4', 130)).change).to.equal(30);
  });

  it('keeps series apart', () => {
    const find = changeOnYear();
    find(observed('2000', 1, { series: 'P/D/a' }));
    expect(find(observed('2001', 2, { series: 'P/D/b' })).change).to.equal(null);
  });

  it('is none on a base of zero or less', () => {
    const find = changeOnYear();
    find(observed('2000', 0));
    find(observed('2001', -5));
    expect(find(observed('2001', -5)).change).to.equal(null);
    expect(find(observed('2002', 5)).change).to.equal(null);
  });

  it('is the same when an observation comes again', () => {
    const find = changeOnYear();
    find(observed('2000', 100));
    const first = find(observed('2001', 150));
    expect(find(observed('2001', 150))).to.deep.equal(first);
  });
});
