import { expect } from 'chai';
import { RateSearch } from '../../../../src/cli/bench/modes/rateSearch.ts';

/** Every rate that is tried, where rates up to a limit hold. */
function search(first: number, limit: number): { readonly tried: readonly number[]; readonly search: RateSearch } {
  const rates = new RateSearch(first);
  const tried: number[] = [];
  for (let rate = rates.next; rate !== undefined; rate = rates.next) {
    tried.push(rate);
    rates.tried(rate <= limit);
  }
  return { tried, search: rates };
}

describe('RateSearch', () => {
  it('doubles the rate until it breaks, then looks three times in between', () => {
    const { tried, search: found } = search(1_000, 5_000);
    expect(tried).to.deep.equal([1_000, 2_000, 4_000, 8_000, 5_700, 4_800, 5_200]);
    expect(found).to.include({ highestHeld: 4_800, lowestBroken: 5_200 });
  });

  it('goes down where the first rate breaks', () => {
    const { tried, search: found } = search(1_000, 300);
    expect(tried.slice(0, 3)).to.deep.equal([1_000, 500, 250]);
    expect(found.highestHeld).to.equal(250);
  });

  it('gives up where nothing holds, and where everything does', () => {
    expect(search(1_000, 0).search).to.include({ highestHeld: undefined, lowestBroken: 130 });
    expect(search(1_000, Infinity).search).to.include({ highestHeld: 2_000_000, lowestBroken: undefined });
  });

  it('stops as soon as there is nothing in between', () => {
    expect(search(10, 10).tried.length).to.be.at.most(5);
  });
});
