import { expect } from 'chai';
import { from } from 'rxjs';
import { TestSource } from 'sluice/testing';
import { type Finding, findChange } from '../../../examples/macro-desk/findChange.ts';
import type { Observed } from '../../../examples/macro-desk/observation.ts';

describe('macro-desk findChange', () => {
  const observed = (period: string, value: number, rest: Partial<Observed> = {}): Observed => ({
    series: 'P/D/s',
    frequency: 'quarterly',
    period,
    value,
    percentage: false,
    ...rest,
  });
  const find = (...observations: readonly Observed[]): readonly Finding[] => {
    const source = new TestSource();
    const findings: Finding[] = [];
    from(observations.map((one) => source.deliver(one)))
      .pipe(findChange())
      .subscribe(({ data }) => findings.push(data));
    return findings;
  };

  it('is in per cent, and there is none in the first year', () => {
    expect(find(observed('2021-Q2', 200), observed('2022-Q2', 250))).to.deep.equal([
      { series: 'P/D/s', period: '2021-Q2', value: 200, change: null, unit: 'percent' },
      { series: 'P/D/s', period: '2022-Q2', value: 250, change: 25, unit: 'percent' },
    ]);
  });

  it('of a percentage is in points, without the noise of binary fractions', () => {
    const [, second] = find(observed('1998', 10.4, { percentage: true }), observed('1999', 9.7, { percentage: true }));
    expect(second).to.include({ change: -0.7, unit: 'percentage points' });
  });

  it('is the same when observations of a year of days come again', () => {
    const days = Array.from({ length: 730 }, (_, i) => new Date(Date.UTC(2021, 0, 1 + i)).toISOString().slice(0, 10));
    const first = days.map((day, i) => observed(day, 100 + i));
    const again = first.slice(-365);
    const findings = find(...first, ...again);
    expect(findings).to.have.lengthOf(730 + 365);
    expect(findings.slice(730)).to.deep.equal(findings.slice(365, 730));
  });
});
