import type { BenchReport } from '../report.ts';

export function htmlPage(report: BenchReport): string {
  return JSON.stringify(report);
}
