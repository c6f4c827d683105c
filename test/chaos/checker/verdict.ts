import { Book } from './book.ts';
import type { Evidence } from './evidence.ts';
import {
  broken,
  type Check,
  duplicated,
  excusedDuplicates,
  excusedOverlaps,
  forgotten,
  letterTwice,
  lost,
  outputTwice,
  overlapped,
  reordered,
  storedTwice,
  stuck,
} from './findings.ts';

/** What must not be. */
export const CHECKS = {
  lost,
  forgotten,
  duplicated,
  reordered,
  'taken over while live': overlapped,
  'stored twice': storedTwice,
  'output twice': outputTwice,
  'dead-lettered twice': letterTwice,
  stuck,
  broken,
} as const satisfies Record<string, Check>;

/** What may be, and is counted. */
export const ALLOWANCES = {
  'duplicates in flight at a fault': excusedDuplicates,
  'taken over when the lease could not be renewed': excusedOverlaps,
} as const satisfies Record<string, Check>;

export interface Verdict {
  readonly good: boolean;
  readonly confirmed: number;
  readonly refused: number;
  readonly handled: number;
  /** What is wrong, by the check that found it. */
  readonly findings: Readonly<Record<keyof typeof CHECKS, readonly string[]>>;
  readonly allowed: Readonly<Record<keyof typeof ALLOWANCES, number>>;
}

/** Goes through the evidence. */
export function judge(evidence: Evidence): Verdict {
  const book = new Book(evidence);
  const findings = byName(CHECKS, (check) => check(book));
  const { records } = evidence;
  return {
    good: Object.values(findings).every((found) => found.length === 0),
    confirmed: book.confirmed.size,
    refused: records.filter(({ event }) => event === 'refused').length,
    handled: records.filter(({ event }) => event === 'done').length,
    findings,
    allowed: byName(ALLOWANCES, (check) => check(book).length),
  };
}

function byName<K extends string, R>(checks: Readonly<Record<K, Check>>, run: (check: Check) => R): Record<K, R> {
  const entries = Object.entries(checks) as [K, Check][];
  return Object.fromEntries(entries.map(([name, check]) => [name, run(check)])) as Record<K, R>;
}
