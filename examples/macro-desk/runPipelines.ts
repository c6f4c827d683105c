import type { Bus, DeadLetter, Notice, RunningPipeline } from 'sluice';
import { alerts } from './alerts.ts';
import type { Book } from './book.ts';
import { desk } from './desk.ts';
import { feed } from './feed.ts';
import type { RawObservation } from './observationsOf.ts';
import type { Summary } from './report/summary.ts';
import { Settlements } from './settlements.ts';

export interface RunPipelinesOptions {
  readonly observations: Iterable<RawObservation>;
  readonly book: Book;
  /** The folder for the results. */
  readonly out: string;
  readonly notify: (notice: Notice) => void;
  /** Aborted, nothing more is published; what was published is finished. */
  readonly signal: AbortSignal;
}

/** Runs the three pipelines until everything that they published is settled. */
export async function runPipelines(bus: Bus, options: RunPipelinesOptions): Promise<Summary> {
  const { observations, book, out, notify, signal } = options;
  const settlements = new Settlements();
  await using deskRun = desk(bus, book, settlements, out).run({ notify });
  await using alertsRun = alerts(bus, settlements, out).run({ notify });
  await using feedRun = feed(bus, observations).run({ notify });
  signal.addEventListener('abort', () => void feedRun.stop(), { once: true });
  if (signal.aborted) void feedRun.stop();

  await feedRun.done;
  const observed = feedRun.counts.settled.ack;
  const consumers = [deskRun.done, alertsRun.done];
  await Promise.race([settlements.until(() => ended(deskRun) >= observed), ...consumers]);
  // The desk settles an observation only once its alerts are published, so now no more can come.
  const announced = [...book.moves.values()].reduce((sum, count) => sum + count, 0);
  await Promise.race([settlements.until(() => ended(alertsRun) >= announced), ...consumers]);
  await Promise.all([deskRun.stop(), alertsRun.stop()]);

  const counts = [deskRun.counts.settled, alertsRun.counts.settled];
  const deadLettered = sum(counts.map(({ reject }) => reject));
  if (deadLettered > 0) for (const letter of await firstDeadLetters(bus)) notify(rejected(letter));
  return {
    published: observed + announced,
    settled: sum(counts.map(({ ack }) => ack)),
    retried: sum(counts.map(({ retry }) => retry)),
    deadLettered,
    latenciesMs: [...settlements.latenciesMs.values()],
  };
}

async function firstDeadLetters(bus: Bus): Promise<readonly DeadLetter[]> {
  return bus.deadLetters({ count: 5 });
}

function rejected({ topic, stage, attempts, error }: DeadLetter): Notice {
  const message = `dead letter on ${topic}, in stage '${stage}' at attempt ${attempts}: ${error.message}`;
  return { level: 'warn', code: 'DEAD_LETTER', message };
}

function ended({ counts }: RunningPipeline): number {
  return counts.settled.ack + counts.settled.reject;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
