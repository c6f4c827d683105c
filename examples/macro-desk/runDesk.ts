import { join, relative, resolve } from 'node:path';
import type { Notice } from 'sluice';
import { Book } from './book.ts';
import { type Chosen, chooseSeries } from './chooseSeries.ts';
import { makeFolder } from './makeFolder.ts';
import { observationsOf } from './observationsOf.ts';
import type { Options } from './options.ts';
import { progressLines } from './report/progressLines.ts';
import { routeTable } from './report/routeTable.ts';
import type { Screen } from './report/screen.ts';
import { type Summary, summaryLine } from './report/summary.ts';
import { waterfall } from './report/waterfall.ts';
import { runPipelines } from './runPipelines.ts';
import { startTracing, type Tracing } from './tracing/startTracing.ts';
import { withBus } from './withBus.ts';

const HERE = import.meta.dirname;

/**
 * Runs the desk once over the series and reports; resolves to the exit code.
 *
 * @param signal aborted, it publishes no more, finishes what was published, and reports that
 */
export async function runDesk(options: Options, screen: Screen, signal: AbortSignal): Promise<number> {
  const out = resolve(options.out ?? join(HERE, 'out'));
  await makeFolder(out);
  const chosen = await chooseSeries(join(HERE, 'data'), options, screen, signal);
  const observations = observationsOf(chosen.series, options.repeat);
  const tracing = startTracing(options.otlp);
  const notify = ({ level, message }: Notice) => {
    if (level !== 'info') screen.warn(`${level}: ${message}`);
  };
  const book = new Book(observations, () => draw(book, screen));
  try {
    const summary = await withBus(options.store, notify, (bus) => {
      screen.print([screen.style('bold', heading(chosen, options)), '']);
      return runPipelines(bus, { observations, book, out, notify, signal });
    });
    draw(book, screen, true);
    screen.leave();
    report(book, tracing, out, screen);
    return await finish(summary, tracing, screen, signal);
  } catch (cause) {
    await tracing.finish();
    throw cause;
  }
}

function heading({ series, origin }: Chosen, { repeat, store }: Options): string {
  const place = store === undefined ? "this process's memory" : `Redis at ${new URL(store).host}`;
  return `macro desk: ${series.length * repeat} series ${origin}, on ${place}`;
}

function draw(book: Book, screen: Screen, last = false): void {
  screen.draw(() => progressLines(book, screen.columns), last);
}

function report(book: Book, tracing: Tracing, out: string, screen: Screen): void {
  const [headings = '', ...routes] = routeTable(book);
  screen.print([screen.style('bold', headings), ...routes, '']);
  const trace = tracing.book.richest();
  if (trace) {
    const [head = '', ...spans] = waterfall(trace.bars, screen.columns);
    const story = `one message's trace: ${trace.topics.join(' → ')}`;
    screen.print([story, '', screen.style('bold', head), ...spans, '']);
  }
  screen.print([`results: ${shortest(out)}`]);
}

/** A folder's path as one would type it. */
function shortest(folder: string): string {
  const path = relative(process.cwd(), folder);
  return path.startsWith('..') ? folder : path || '.';
}

async function finish(summary: Summary, tracing: Tracing, screen: Screen, signal: AbortSignal): Promise<number> {
  const complaint = await tracing.finish();
  if (complaint !== undefined) screen.warn(complaint);
  const { published, settled, deadLettered } = summary;
  const balanced = published === settled + deadLettered;
  if (!balanced)
    screen.warn(`error: published is not settled + dead-lettered: ${published - settled - deadLettered} off`);
  screen.print([summaryLine(summary)]);
  if (!balanced) return 1;
  return signal.aborted ? INTERRUPTED : 0;
}

/** What a shell makes of a program that SIGINT ended. */
const INTERRUPTED = 130;
