import { version } from '../version.ts';
import { checkFiles, writeFiles } from './files.ts';
import { HELP } from './help.ts';
import { Interrupt } from './interrupt.ts';
import { machine } from './machine.ts';
import { MODE_RUNS } from './modeRuns.ts';
import { NoticeBook } from './noticeBook.ts';
import { type BenchOptions, parseOptions } from './options.ts';
import { Place } from './place.ts';
import { Progress } from './progress.ts';
import type { BenchReport, Section } from './report.ts';
import { settingsOf } from './settingsOf.ts';
import { machineText, sectionText } from './text.ts';

/** Runs `sluice bench`; resolves with the exit code. */
export async function bench(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  checkFiles(options);
  const progress = new Progress(process.stderr);
  using interrupt = new Interrupt(() => {
    progress.clear();
    process.stderr.write('Ending: what was measured until now follows. Ctrl-C again ends at once.\n');
  });
  const report = await run(options, progress, interrupt);
  for (const { code, count, message } of report.notices) process.stderr.write(`${code}, ${count} ×: ${message}\n`);
  for (const path of writeFiles(options, report)) process.stdout.write(`Written: ${path}\n`);
  return interrupt.code ?? 0;
}

async function run(options: BenchOptions, progress: Progress, interrupt: Interrupt): Promise<BenchReport> {
  const notices = new NoticeBook();
  const startedAt = new Date().toISOString();
  const facts = await machine(options.store);
  process.stdout.write(`${machineText({ machine: facts })}\n\n`);
  const sections: Section[] = [];
  const place = new Place(options.store, notices.note);
  const watch = progress.watch.bind(progress);
  for await (const section of MODE_RUNS[options.mode]({ options, place, signal: interrupt.signal, watch })) {
    progress.clear();
    process.stdout.write(`${sectionText(section)}\n`);
    sections.push(section);
  }
  return {
    title: `sluice bench ${options.mode}`,
    version: version(),
    startedAt,
    endedAt: new Date().toISOString(),
    interrupted: interrupt.signal.aborted,
    settings: settingsOf(options),
    machine: facts,
    sections,
    notices: notices.counts,
  };
}
