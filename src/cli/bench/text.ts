import type { BenchReport, Growth, NamedLatency, Section, Table } from './report.ts';
import { shown } from './shown.ts';

/** A section, for a terminal. */
export function sectionText(section: Section): string {
  const { title, how, figures, latencies = [], table, growth = [] } = section;
  const rows = figures.map(({ name, value, unit = '' }) => [name, shown(value), unit]);
  const tables = [
    ...(latencies.length > 0 ? [latencyTable(latencies)] : []),
    ...(table ? [table] : []),
    ...growth.map(growthTable),
  ];
  const parts = [...(rows.length > 0 ? [aligned(rows)] : []), ...tables.map(tableText)];
  return `${title}\n${wrapped(how)}\n\n${parts.join('\n\n')}\n`;
}

/** What it was measured on, in a line. */
export function machineText({ machine }: Pick<BenchReport, 'machine'>): string {
  const { cpu, cores, memoryGiB, os, node, server } = machine;
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB · ${os} · Node ${node} · ${server}`;
}

/** Percentiles side by side. */
export function latencyTable(latencies: readonly NamedLatency[]): Table {
  const percents = ['50', '90', '99', '99.9', '99.99'];
  return {
    columns: ['ms', ...percents.map((percent) => `p${percent}`), 'longest', 'messages'],
    rows: latencies.map(({ name, figures }) => [
      name,
      ...percents.map((percent) => figures.percentilesMs[percent] ?? Number.NaN),
      figures.maxMs,
      figures.count,
    ]),
  };
}

/** What a message costs at each point, and against the first. */
export function growthTable({ of, unit, points }: Growth): Table {
  const first = points[0]?.microseconds ?? Number.NaN;
  return {
    columns: [`${of}: ${unit}`, 'µs a message', 'against the first'],
    rows: points.map(({ at, microseconds }) => [at, microseconds, `${(microseconds / first).toFixed(2)} ×`]),
  };
}

function tableText({ columns, rows }: Table): string {
  return aligned([columns, ...rows.map((row) => row.map(shown))]);
}

/** Columns of text: the first to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return rows.map((row) => `  ${line(row)}`.trimEnd()).join('\n');
}

const COLUMNS = 96;

function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.join('\n');
}
