import type { Evidence } from './checker/evidence.ts';
import { type Recoveries, recoveries } from './checker/recovery.ts';
import { judge, type Verdict } from './checker/verdict.ts';
import type { FaultReport } from './world/playFaults.ts';

/** What came of a seed. */
export interface SeedReport {
  readonly seed: number;
  readonly verdict: Verdict;
  readonly recoveries: readonly Recoveries[];
  readonly faults: readonly FaultReport[];
  /** Notices of the processes, by code. */
  readonly notices: Readonly<Record<string, number>>;
}

/** The most lines of one kind of finding that are shown. */
const SHOWN = 5;

export function seedReport(seed: number, evidence: Evidence): SeedReport {
  const notices: Record<string, number> = {};
  for (const record of evidence.records) {
    if (record.event === 'note') notices[record.code] = (notices[record.code] ?? 0) + 1;
  }
  return { seed, verdict: judge(evidence), recoveries: recoveries(evidence), faults: evidence.faults, notices };
}

/** A line of the timeline. */
export function faultLine({ name, hits, from, until, unplanned, failure }: FaultReport, start: number): string {
  const at = ((from - start) / 1_000).toFixed(1).padStart(6);
  const took = `${Math.round(until - from)} ms`;
  return `${at} s  ${name}${unplanned ? ' (unplanned)' : ''}, ${hits}, ${took}${failure === undefined ? '' : `: ${failure}`}`;
}

export function verdictLines({ seed, verdict, notices }: SeedReport): string[] {
  const { good, confirmed, refused, handled, findings, allowed } = verdict;
  const wrong = Object.entries(findings).flatMap(([name, found]) => [
    `  ${name.padEnd(48)} ${found.length}`,
    ...found.slice(0, SHOWN).map((line) => `      ${line}`),
    ...(found.length > SHOWN ? [`      and ${found.length - SHOWN} more`] : []),
  ]);
  return [
    `seed ${seed}: ${good ? 'good' : 'BROKEN'}`,
    `  ${'confirmed'.padEnd(48)} ${confirmed}`,
    `  ${'refused'.padEnd(48)} ${refused}`,
    `  ${'handled'.padEnd(48)} ${handled}`,
    ...Object.entries(allowed).map(([name, count]) => `  ${`(${name})`.padEnd(48)} ${count}`),
    ...wrong,
    `  notices: ${Object.entries(notices)
      .map(([code, count]) => `${code} ${count}`)
      .join(', ')}`,
  ];
}

export function recoveryLines(all: readonly Recoveries[]): string[] {
  const rows = all.map(({ fault, count, timesMs }) => {
    const times = timesMs.toSorted((a, b) => a - b).map((ms) => `${Math.round(ms)}`);
    return [fault, `${count}`, times[Math.floor((times.length - 1) / 2)] ?? '', times.at(-1) ?? ''];
  });
  const line = ([fault = '', count = '', p50 = '', max = '']: readonly string[]): string =>
    `  ${fault.padEnd(24)}${count.padStart(7)}${p50.padStart(10)}${max.padStart(10)}`;
  return [line(['recovery after', 'times', 'p50 ms', 'max ms']), ...rows.map(line)];
}
