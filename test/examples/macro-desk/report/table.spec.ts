import { expect } from 'chai';
import { bar } from '../../../../examples/macro-desk/report/bar.ts';
import { signed } from '../../../../examples/macro-desk/report/signed.ts';
import { summaryLine } from '../../../../examples/macro-desk/report/summary.ts';
import { table } from '../../../../examples/macro-desk/report/table.ts';

describe('macro-desk report', () => {
  it('lays out a table: text to the left, numbers to the right', () => {
    const lines = table(
      [{ heading: 'route' }, { heading: 'n', numeric: true }],
      [
        ['annual', '7'],
        ['x', '123'],
      ],
    );
    expect(lines).to.deep.equal(['route     n', 'annual    7', 'x       123']);
  });

  it('draws a bar to an eighth of a character', () => {
    expect([0, 0.5, 1, 0.0625, 2, -1].map((share) => bar(share, 2))).to.deep.equal(['', '█', '██', '▏', '██', '']);
  });

  it('signs a change', () => {
    expect([signed(11.884), signed(-0.4), signed(0)]).to.deep.equal(['+11.88', '−0.40', '+0.00']);
  });

  it('sums up in one line', () => {
    const summary = { published: 4, settled: 3, retried: 2, deadLettered: 1, latenciesMs: [4, 1, 2, 3] };
    expect(summaryLine(summary)).to.equal(
      'published 4 · settled 3 · retried 2 · dead-lettered 1 · p50 2.0 ms · p99 4.0 ms',
    );
  });
});
