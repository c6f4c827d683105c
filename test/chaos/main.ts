import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from './cast/cast.ts';
import type { Evidence } from './checker/evidence.ts';
import { joined } from './checker/recovery.ts';
import { sharedClock } from './ledger/sharedClock.ts';
import { type ChaosOptions, chaosOptions, USAGE } from './options.ts';
import { faultLine, recoveryLines, type SeedReport, seedReport, verdictLines } from './report.ts';
import { schedule } from './schedule/schedule.ts';
import type { FaultReport } from './world/playFaults.ts';
import { runSeed } from './world/runSeed.ts';

/*
 * The command `npm run test:chaos`: see README.md beside this. Ends with 0 if every seed is good, 1 if one is broken, 2
 * for a command line that makes no sense.
 */
const PARTS: Parts = { producer: 2, keeper: 3, relay: 2, tally: 1, worker: 2, filer: 1 };
const RATE = 60;
const MINUTE_MS = 60_000;

const options = read(process.argv.slice(2));
const reports: SeedReport[] = [];
const broken: number[] = [];
for (const seed of options.seeds) {
  console.log(`seed ${seed}, ${options.topology}, ${options.minutes} min`);
  try {
    const report = seedReport(seed, await run(seed, options));
    show(verdictLines(report), recoveryLines(report.recoveries));
    reports.push(report);
    if (!report.verdict.good) broken.push(seed);
  } catch (cause) {
    // The servers did not start, say: that is no reason to leave the other seeds out.
    console.error(`seed ${seed} could not be played:`, cause);
    broken.push(seed);
  }
}
finish();

function run(seed: number, { minutes, topology, durability, keep }: ChaosOptions): Promise<Evidence> {
  const durationMs = minutes * MINUTE_MS;
  const planned = schedule({ seed, durationMs, topology });
  const start = sharedClock();
  const tell = (fault: FaultReport) => console.log(faultLine(fault, start));
  const kept = keep === undefined ? {} : { keep: emptied(join(keep, `${topology}-${seed}`)) };
  return runSeed({ topology, planned, durationMs, parts: PARTS, durability, rate: RATE, tell, ...kept });
}

function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function finish(): void {
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ ...options, broken, reports }, null, 2)}\n`);
  }
  if (options.seeds.length > 1) {
    console.log('all seeds');
    show(recoveryLines(joined(reports.flatMap(({ recoveries }) => recoveries))));
  }
  console.log(broken.length === 0 ? 'every seed is good' : `broken: ${broken.join(', ')}`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

function show(...blocks: readonly (readonly string[])[]): void {
  for (const line of blocks.flat()) console.log(line);
}

function read(args: readonly string[]): ChaosOptions {
  try {
    return chaosOptions(args);
  } catch (cause) {
    console.error(`${(cause as Error).message}\n\n${USAGE}`);
    return process.exit(2);
  }
}
