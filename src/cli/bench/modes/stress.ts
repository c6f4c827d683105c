import type { BenchRun, ModeRun } from '../benchRun.ts';
import type { SteadyFigures } from '../measuring/steadyRate.ts';
import { RateSearch } from './rateSearch.ts';
import { steadyBuses } from './steadyBuses.ts';
import { namedLatencies } from './steadyFigures.ts';

interface Step {
  readonly rate: number;
  readonly figures: SteadyFigures;
  readonly held: boolean;
}

/** Raises the rate until the latency target breaks; then looks between the last rate that held and the first that did not. */
export const stress: ModeRun = async function* (run) {
  const { rate, targetMs, durationMs } = run.options;
  const search = new RateSearch(rate);
  const steps: Step[] = [];
  for (let next = search.next; next !== undefined && !run.signal.aborted; next = search.next) {
    const figures = await step(run, next);
    // A step that was cut short says nothing of its rate.
    if (run.signal.aborted) break;
    const held = holds(figures, targetMs);
    steps.push({ rate: next, figures, held });
    search.tried(held);
  }
  const sorted = steps.toSorted((a, b) => a.rate - b.rate);
  yield {
    title: 'Stress',
    how: `Each step sends at a steady rate for ${durationMs / 1_000} s. It holds if the 99th percentile, counted from when a message was due, is at most ${targetMs} ms and every message was handled.`,
    figures: [
      {
        name: 'highest rate that held',
        value: search.highestHeld ?? 'none',
        ...(search.highestHeld && { unit: 'msg/s' }),
      },
      {
        name: 'lowest rate that broke',
        value: search.lowestBroken ?? 'none',
        ...(search.lowestBroken && { unit: 'msg/s' }),
      },
    ],
    latencies: sorted.filter(({ rate }) => [search.highestHeld, search.lowestBroken].includes(rate)).flatMap(named),
    plots: [
      {
        title: 'Latency by rate',
        x: { label: 'messages a second', scale: 'log' },
        y: { label: 'ms', scale: 'log' },
        lines: [
          { name: 'p99', style: 'dots', points: sorted.map((step) => [step.rate, p99(step.figures)]) },
          { name: 'p50', style: 'dots', points: sorted.map((step) => [step.rate, p50(step.figures)]) },
          { name: 'target', style: 'dashed', points: sorted.map((step) => [step.rate, targetMs]) },
        ],
      },
    ],
    table: {
      columns: ['msg/s due', 'msg/s handled', 'p50 ms', 'p99 ms', 'longest ms', 'not handled', 'refused', ''],
      rows: sorted.map(row),
    },
  };
};

function step(run: BenchRun, perSecond: number): Promise<SteadyFigures> {
  const title = `stress at ${perSecond.toLocaleString('en-US')} msg/s`;
  return steadyBuses(run, { title, perSecond, durationMs: run.options.durationMs, priority: 'normal' });
}

/** Whether a rate holds: every message was taken and handled, and soon enough. */
export function holds(figures: Pick<SteadyFigures, 'unhandled' | 'refused' | 'latency'>, targetMs: number): boolean {
  return figures.unhandled === 0 && figures.refused === 0 && p99(figures) <= targetMs;
}

function p99({ latency }: Pick<SteadyFigures, 'latency'>): number {
  return latency?.percentilesMs['99'] ?? Number.POSITIVE_INFINITY;
}

function p50({ latency }: SteadyFigures): number {
  return latency?.percentilesMs['50'] ?? Number.POSITIVE_INFINITY;
}

function named({ rate, figures, held }: Step) {
  return namedLatencies(`${rate.toLocaleString('en-US')} msg/s, ${held ? 'held' : 'broke'}`, figures);
}

function row({ rate, figures, held }: Step): readonly (string | number)[] {
  const { latency, handledPerSecond, unhandled, refused } = figures;
  const longest = latency?.maxMs ?? Number.NaN;
  return [rate, handledPerSecond, p50(figures), p99(figures), longest, unhandled, refused, held ? 'held' : 'broke'];
}
