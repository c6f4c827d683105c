import { wanted } from './comparisonReport.ts';
import type { Result } from './measure.ts';

/** A comparison in lines of text: the figures, the target and whether it was met, what else was found, the note. */
export function reportLines(result: Result): readonly string[] {
  const { name, ours, baseline, baselineName, ratio, unit, extra, note } = result;
  const figure = (value: number) => value.toLocaleString('en-US').padStart(11);
  const line = `${name.padEnd(20)}${figure(ours)} ${unit}  ${ratio.toFixed(2)} ×  ${figure(baseline)} ${unit} (${baselineName})`;
  const more = Object.entries(extra ?? {}).map(([what, value]) => `${what} ${value.toLocaleString('en-US')}`);
  const indented = [more.join(' · '), note ?? ''].filter((text) => text !== '').map((text) => `    ${text}`);
  return [`${line}${verdict(result)}`, ...indented];
}

function verdict({ target, met }: Result): string {
  if (target === undefined) return '';
  return met ? `  wanted ${wanted(target)}: met` : `  MISSED: wanted ${wanted(target)}`;
}
