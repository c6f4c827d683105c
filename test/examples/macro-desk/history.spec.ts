import { expect } from 'chai';
import { History } from '../../../examples/macro-desk/history.ts';

describe('macro-desk History', () => {
  it('keeps this year and the year before, and lets go of the rest', () => {
    const history = new History();
    for (let year = 2000; year < 2010; year += 1) history.keep('s', `${year}-01`, year);
    expect(history.before('s', '2009-01')).to.deep.equal({ period: '2008-01', value: 2008 });
    expect(history.before('s', '2008-01')).to.equal(undefined);
  });

  it('gives the last one before a period', () => {
    const history = new History();
    for (const month of ['03', '01', '02']) history.keep('s', `2000-${month}`, Number(month));
    expect(history.before('s', '2000-03')).to.deep.equal({ period: '2000-02', value: 2 });
    expect(history.before('s', '2000-01')).to.equal(undefined);
    expect(history.before('t', '2000-03')).to.equal(undefined);
  });
});
