import type { BenchReport, Machine, Section } from '../src/cli/bench/report.ts';
import { version } from '../src/cli/version.ts';
import type { Result } from './measure.ts';
import type { Target } from './scenario.ts';

export interface Comparison {
  readonly startedAt: string;
  readonly machine: Machine;
  readonly settings: Readonly<Record<string, string | number>>;
  readonly results: readonly Result[];
}

/** Comparisons as a report, for the page that `sluice bench` makes. */
export function comparisonReport({ startedAt, machine, settings, results }: Comparison): BenchReport {
  return {
    title: 'Sluice against loops by hand',
    version: version(),
    startedAt,
    endedAt: new Date().toISOString(),
    interrupted: false,
    settings: { mode: 'comparison', ...settings },
    machine,
    sections: [overview(results), ...details(results)],
    notices: [],
  };
}

function overview(results: readonly Result[]): Section {
  return {
    title: 'Ours against others',
    how: 'Both sides in turn, on the same messages, in one process; medians, and the median of the ratios of each pair.',
    figures: [],
    table: {
      columns: ['scenario', 'ours', 'theirs', 'unit', 'ratio', 'wanted', '', 'theirs is'],
      rows: results.map(({ name, ours, baseline, unit, ratio, target, met, baselineName }) => [
        name,
        ours,
        baseline,
        unit,
        `${ratio.toFixed(2)} ×`,
        target ? wanted(target) : '',
        met === undefined ? '' : met ? 'met' : 'missed',
        baselineName,
      ]),
    },
  };
}

/** What else the scenarios found, and how to read them. */
function details(results: readonly Result[]): readonly Section[] {
  const plain = results.filter(({ growth }) => growth === undefined);
  const rows = plain.flatMap(({ name, extra = {} }) =>
    Object.entries(extra).map(([what, value]) => [name, what, value]),
  );
  const notes = results.flatMap(({ name, note }) => (note === undefined ? [] : [[name, note]]));
  const growth = results.flatMap(({ growth }) => growth ?? []);
  const table = (
    title: string,
    columns: readonly string[],
    rows: readonly (string | number)[][],
  ): readonly Section[] => (rows.length > 0 ? [{ title, how: '', figures: [], table: { columns, rows } }] : []);
  return [
    ...(growth.length > 0 ? [{ title: 'Cost as work grows', how: GROWTH, figures: [], growth }] : []),
    ...table('What else was found', ['scenario', 'what', 'figure'], rows),
    ...table('Notes', ['scenario', ''], notes),
  ];
}

const GROWTH = 'What one message costs, published and handled at full speed, while one thing grows.';

/** A target in words. */
export function wanted(target: Target): string {
  return 'atLeast' in target ? `≥ ${target.atLeast} ×` : `≤ ${target.atMost} ×`;
}
