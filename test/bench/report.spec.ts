import { expect } from 'chai';
import { reportLines } from '../../bench/report.ts';
import { RESULT } from '../support/benchResult.ts';

describe('reportLines', () => {
  it('is a line with both figures and their ratio', () => {
    const lines = reportLines(RESULT);
    expect(lines).to.have.lengthOf(1);
    expect(lines[0]).to.match(/^publish +195,000 msg\/s {2}1\.30 × +150,000 msg\/s \(a loop\)$/);
  });

  it('says plainly what was wanted, met or missed', () => {
    expect(reportLines({ ...RESULT, target: { atLeast: 1.2 }, met: true })[0]).to.match(/wanted ≥ 1\.2 ×: met$/);
    expect(reportLines({ ...RESULT, target: { atMost: 1.2 }, met: false })[0]).to.match(/MISSED: wanted ≤ 1\.2 ×$/);
  });

  it('adds what else was found, and the note', () => {
    const lines = reportLines({ ...RESULT, extra: { 'p99 ms': 1.5, rss: 1e6 }, note: 'read it so' });
    expect(lines.slice(1)).to.deep.equal(['    p99 ms 1.5 · rss 1,000,000', '    read it so']);
  });
});
