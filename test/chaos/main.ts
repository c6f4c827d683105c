import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from './cast/cast.ts';
import type { Evidence } from './checker/evidence.ts';
import { joined } from './checker/recovery.ts';
import { sharedClock } from './ledger/sharedClock.ts';
import { type ChaosOptions, chaosOptions, USAGE } from './options.ts';
import { faultLine, recoveryLines, type SeedReport, seedReport, verdictLines } from './report.ts';
import { schedule } from './schedule/schedule.ts';
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
for (const seed of options.seeds) {
  console.log(`seed ${seed}, ${options.topology}, ${options.minutes} min`);
  const found = await run(seed, options);
  const report = seedReport(seed, found);
  for (const line of verdictLines(report)) console.log(line);
  for (const line of recoveryLines(report.recoveries)) console.log(line);
  reports.push(report);
}
finish();

function run(seed: number, { minutes, topology, keep }: ChaosOptions): Promise<Evidence> {
  const durationMs = minutes * MINUTE_MS;
  const folder = keep === undefined ? undefined : join(keep, `${topology}-${seed}`);
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const planned = schedule({ seed, durationMs, topology });
  const start = sharedClock();
  const tell = (fault: Parameters<typeof faultLine>[0]) => console.log(faultLine(fault, start));
  return runSeed({ topology, planned, durationMs, parts: PARTS, rate: RATE, tell, ...(folder && { keep: folder }) });
}

function finish(): void {
  const broken = reports.filter(({ verdict }) => !verdict.good).map(({ seed }) => seed);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ ...options, reports }, null, 2)}\n`);
  if (reports.length > 1) {
    for (const line of recoveryLines(joined(reports.flatMap(({ recoveries }) => recoveries)))) console.log(line);
  }
  console.log(broken.length === 0 ? 'every seed is good' : `broken: ${broken.join(', ')}`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

function read(args: readonly string[]): ChaosOptions {
  try {
    return chaosOptions(args);
  } catch (cause) {
    console.error(`${(cause as Error).message}\n\n${USAGE}`);
    return process.exit(2);
  }
}
