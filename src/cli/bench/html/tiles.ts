import type { BenchReport, Section } from '../report.ts';
import { shown } from '../shown.ts';
import { escaped } from './markup.ts';

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
}

const MOST = 6;

/** The figures that a reader looks for first. */
export function tiles({ sections }: BenchReport): string {
  const all = sections.flatMap(tilesOf).slice(0, MOST);
  if (all.length === 0) return '';
  const html = all.map(
    ({ name, value, unit }) =>
      `<div class="tile"><span>${escaped(name)}</span><b>${escaped(value)}</b><span>${escaped(unit)}</span></div>`,
  );
  return `<div class="tiles">${html.join('')}</div>`;
}

function tilesOf({ figures, latencies = [] }: Section): readonly Tile[] {
  const p99s = latencies
    .filter(({ generator }) => !generator)
    .map(({ name, figures }) => ({
      name: `p99, ${name}`,
      value: shown(figures.percentilesMs['99'] ?? Number.NaN),
      unit: 'ms',
    }));
  const told = figures.filter(({ unit, name }) => unit !== undefined && unit !== '%' && !name.includes(':'));
  return [...p99s, ...told.map(({ name, value, unit = '' }) => ({ name, value: shown(value), unit }))];
}
