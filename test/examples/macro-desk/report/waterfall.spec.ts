import { expect } from 'chai';
import { waterfall } from '../../../../examples/macro-desk/report/waterfall.ts';

describe('macro-desk waterfall', () => {
  it('shows children under their parent, by start, on one scale', () => {
    const spans = [
      { id: 'c', parent: 'b', name: 'validate', start: 104, end: 106 },
      { id: 'b', parent: 'a', name: 'process', start: 104, end: 110 },
      { id: 'a', parent: undefined, name: 'publish', start: 100, end: 102 },
      { id: 'd', parent: 'b', name: 'write', start: 106, end: 110 },
    ];
    expect(waterfall(spans, 30)).to.deep.equal([
      'span            ms',
      'publish       2.00  ██',
      '  process     6.00      ██████',
      '    validate  2.00      ██',
      '    write     4.00        ████',
    ]);
  });

  it('shows what lost its parent at the top, and gives every span a mark', () => {
    const spans = [{ id: 'b', parent: 'gone', name: 'process', start: 5, end: 5 }];
    expect(waterfall(spans, 80)).to.deep.equal(['span       ms', 'process  0.00  █']);
    expect(waterfall([], 80)).to.deep.equal([]);
  });
});
