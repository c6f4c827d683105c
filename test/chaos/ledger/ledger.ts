import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LedgerRecord, SignedRecord } from './records.ts';
import { sharedClock } from './sharedClock.ts';

type Unstamped<R> = R extends LedgerRecord ? Omit<R, 'at'> : never;

const SUFFIX = '.ndjson';

/**
 * The ledger of one process: a file that it alone appends to. A line is with the kernel when `write` returns, so that it
 * survives `kill -9`; only half of the last one may be there then.
 */
export class Ledger {
  private readonly file: number;

  constructor(folder: string, process: string) {
    this.file = openSync(join(folder, process + SUFFIX), 'a');
  }

  write(record: Unstamped<LedgerRecord>): void {
    writeSync(this.file, `${JSON.stringify({ ...record, at: sharedClock() })}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Every record of a folder's ledgers, in order of time. */
export function readLedgers(folder: string): readonly SignedRecord[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .flatMap((name) => recordsOf(readFileSync(join(folder, name), 'utf8'), basename(name, SUFFIX)))
    .sort((a, b) => a.at - b.at);
}

/** A process that was killed may leave half a line at the end, and nowhere else. */
function recordsOf(text: string, process: string): SignedRecord[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => ({ ...(JSON.parse(line) as LedgerRecord), process }));
}
