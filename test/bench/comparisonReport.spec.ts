import { expect } from 'chai';
import { comparisonReport } from '../../bench/comparisonReport.ts';
import type { Result } from '../../bench/measure.ts';
import { htmlPage } from '../../src/cli/bench/html/htmlPage.ts';
import { RESULT } from '../support/benchResult.ts';

const MISSED: Result = {
  ...RESULT,
  name: 'latency',
  target: { atMost: 1.2 },
  met: false,
  extra: { p50: 3 },
  note: 'so',
};
const GROWN: Result = {
  ...RESULT,
  name: 'growth-backlog',
  growth: { of: 'backlog', unit: 'messages', points: [1, 10].map((at) => ({ at, microseconds: 5 })) },
};

describe('comparisonReport', () => {
  const given = { startedAt: '2026-01-01T00:00:00.000Z', machine: { cpu: 'x' }, settings: { runs: 5 } };
  const report = comparisonReport({ ...given, results: [RESULT, MISSED, GROWN] });

  it('is a table of all, with what was wanted and what came of it', () => {
    const rows = report.sections[0]?.table?.rows ?? [];
    expect(rows.map((row) => [row[0], row[4], row[5], row[6]])).to.deep.equal([
      ['publish', '1.30 ×', '', ''],
      ['latency', '1.30 ×', '≤ 1.2 ×', 'missed'],
      ['growth-backlog', '1.30 ×', '', ''],
    ]);
  });

  it('tells what else was found, the notes, and how costs grow', () => {
    expect(report.sections.map(({ title }) => title)).to.deep.equal([
      'Ours against others',
      'Cost as work grows',
      'What else was found',
      'Notes',
    ]);
    expect(report.sections[2]?.table?.rows).to.deep.equal([['latency', 'p50', 3]]);
    expect(report.sections[3]?.table?.rows).to.deep.equal([['latency', 'so']]);
  });

  it('can be made a page, with a plot for what grows', () => {
    expect(htmlPage(report)).to.include('<figure data-plot="0">').and.include('missed');
  });
});
