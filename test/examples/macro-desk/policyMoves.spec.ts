import { expect } from 'chai';
import type { Observed } from '../../../examples/macro-desk/observation.ts';
import { policyMoves } from '../../../examples/macro-desk/policyMoves.ts';

describe('macro-desk policyMoves', () => {
  const rate = (period: string, value: number, area = 'IN'): Observed => ({
    series: `BIS/cbpol/M.${area}`,
    frequency: 'monthly',
    period,
    value,
    percentage: true,
    area,
  });

  it('finds a move against the last rate known', () => {
    const find = policyMoves();
    expect(find(rate('2020-04', 4.4))).to.deep.equal([]);
    expect(find(rate('2020-05', 4))).to.deep.equal([
      { country: 'IN', series: 'BIS/cbpol/M.IN', period: '2020-05', since: '2020-04', from: 4.4, to: 4, move: -0.4 },
    ]);
    expect(find(rate('2020-06', 4))).to.deep.equal([]);
  });

  it('looks across a gap, however long', () => {
    const find = policyMoves();
    find(rate('2000-01', 1));
    expect(find(rate('2009-01', 2))).to.have.lengthOf(1);
    expect(find(rate('2009-02', 2))).to.deep.equal([]);
  });

  it('keeps countries apart', () => {
    const find = policyMoves();
    find(rate('2000-01', 1, 'US'));
    expect(find(rate('2000-02', 2, 'AR'))).to.deep.equal([]);
  });

  it('finds the same when a rate comes again, later ones or not', () => {
    const find = policyMoves();
    find(rate('2000-01', 1));
    const [move] = find(rate('2000-02', 2));
    find(rate('2000-03', 3));
    expect(find(rate('2000-02', 2))).to.deep.equal([move]);
  });
});
