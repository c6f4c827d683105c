import { expect } from 'chai';
import { percentile } from '../../../examples/macro-desk/percentile.ts';

describe('macro-desk percentile', () => {
  it('is exact, by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([0.5, 0.99, 1, 0, 0.001].map((share) => percentile(values, share))).to.deep.equal([50, 99, 100, 1, 1]);
    expect(percentile([3, 10, 2], 0.5)).to.equal(3);
  });

  it('of nothing is 0', () => {
    expect(percentile([], 0.5)).to.equal(0);
  });
});
