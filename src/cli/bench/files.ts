import { writeFileSync } from 'node:fs';
import { toError } from '../../core/errors.ts';
import { UsageError } from '../usageError.ts';
import { htmlPage } from './html/htmlPage.ts';
import type { BenchOptions } from './options.ts';
import type { BenchReport } from './report.ts';

type Files = Pick<BenchOptions, 'json' | 'html'>;

/**
 * Before anything is measured: it would be a pity afterwards.
 * @throws {UsageError} naming the flag, if its file can't be written
 */
export function checkFiles(files: Files): void {
  for (const flag of ['json', 'html'] as const) {
    const path = files[flag];
    if (path !== undefined) check(flag, path);
  }
}

function check(flag: string, path: string): void {
  try {
    writeFileSync(path, '', { flag: 'a' });
  } catch (cause) {
    throw new UsageError(`--${flag} is '${path}': it can't be written (${toError(cause).message})`, { cause });
  }
}

/** Writes the report; gives the paths. */
export function writeFiles({ json, html }: Files, report: BenchReport): readonly string[] {
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  if (html !== undefined) writeFileSync(html, htmlPage(report));
  return [json, html].filter((path) => path !== undefined);
}
