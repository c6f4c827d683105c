import {
  filter,
  firstValueFrom,
  interval,
  lastValueFrom,
  merge,
  Subject,
  Subscription,
  takeUntil,
  timer,
  type Unsubscribable,
} from 'rxjs';
import { toError } from '../../../core/errors.ts';
import type { Consumer } from './consume.ts';
import { endedBy } from './endedBy.ts';
import type { LatencyFigures } from './latencyHistogram.ts';
import { metronome, tickMs } from './metronome.ts';
import { openLoop } from './openLoop.ts';
import type { SeriesPoint } from './recorder.ts';
import { sampleMs } from './sampleMs.ts';
import type { Saturation } from './saturation.ts';
import { SteadyBooks } from './steadyBooks.ts';

/** How many may be out at once: what is due beyond that is sent later, and its time runs on. */
const MOST_WAITING = 100_000;
const WARM_UP_MS = 1_000;
const DRAIN_MS = 2_000;
const LOOK_MS = 5;

export interface SteadySetup {
  readonly perSecond: number;
  readonly durationMs: number;
  /** Sends a message; rejects if that is refused. */
  readonly send: (n: number) => Promise<unknown>;
  /** Each begins to read, and goes on until unsubscribed. */
  readonly readers: readonly ((consumer: Consumer) => Unsubscribable)[];
  /** Ends the measurement early. */
  readonly signal: AbortSignal;
  readonly onSample: (point: SeriesPoint) => void;
  /** Other messages, which the same consumers handle. */
  readonly company?: Saturation;
}

export interface SteadyFigures {
  readonly handled: number;
  readonly handledPerSecond: number;
  /** Due, and not handled when the measurement ended. */
  readonly unhandled: number;
  /** Handled more than once. */
  readonly repeated: number;
  /** Refused by the store. */
  readonly refused: number;
  /** From when a message was due until its handler has it. */
  readonly latency: LatencyFigures | undefined;
  /** How late messages were sent. */
  readonly lateness: LatencyFigures | undefined;
  readonly series: readonly SeriesPoint[];
  /** How many each consumer handled. */
  readonly shares: readonly number[];
}

/** Sends at a steady rate and measures each message from when it was due until its handler has it. */
export function steadyRate(setup: SteadySetup): Promise<SteadyFigures> {
  return new SteadyRun(setup).run();
}

class SteadyRun {
  private readonly warmUp: number;
  private readonly count: number;
  private readonly books: SteadyBooks;
  private readonly shares: number[];
  private readonly failure = new Subject<never>();
  private readonly ending = new Subscription();
  /** When the first that counts was due, and when the last was handled. */
  private fromMs = Number.NaN;
  private lastMs = Number.NaN;
  private sent = 0;

  constructor(private readonly setup: SteadySetup) {
    const { perSecond, durationMs, readers } = setup;
    this.warmUp = Math.ceil((perSecond * Math.min(WARM_UP_MS, durationMs / 4)) / 1_000);
    this.count = this.warmUp + Math.ceil((perSecond * durationMs) / 1_000);
    this.books = new SteadyBooks(this.warmUp);
    this.shares = readers.map(() => 0);
  }

  async run(): Promise<SteadyFigures> {
    try {
      this.read();
      await this.send();
      await this.drain();
    } finally {
      this.ending.unsubscribe();
    }
    return this.figures();
  }

  private read(): void {
    const failed = (cause: unknown) => this.failure.error(toError(cause));
    for (const [i, read] of this.setup.readers.entries()) {
      this.ending.add(read({ handled: ({ n }) => this.handled(n, i), failed }));
    }
  }

  private handled(n: number, consumer: number): void {
    if (n < 0) return this.setup.company?.handled();
    this.lastMs = performance.now();
    this.books.handled(n, this.lastMs);
    if (n >= this.warmUp) this.shares[consumer] = (this.shares[consumer] ?? 0) + 1;
  }

  /** Until all are sent, or until the time is over: what could not be sent by then never is. */
  private async send(): Promise<void> {
    const { perSecond, signal } = this.setup;
    const loop = openLoop({
      perSecond,
      count: this.count,
      now: () => performance.now(),
      ticks: metronome(tickMs(perSecond)),
      send: (n, dueMs) => this.sendOne(n, dueMs),
      room: () => this.books.waiting < MOST_WAITING,
    });
    const over = merge(endedBy(signal), timer((this.count / perSecond) * 1_000 + DRAIN_MS), this.failure);
    await lastValueFrom(loop.pipe(takeUntil(over)), { defaultValue: undefined });
  }

  private sendOne(n: number, dueMs: number): void {
    this.sent = n + 1;
    if (n === this.warmUp) this.startSampling(dueMs);
    this.books.sent(n, dueMs, performance.now());
    this.setup.send(n).catch(() => this.books.refuse(n));
  }

  private startSampling(fromMs: number): void {
    this.fromMs = fromMs;
    const sampling = interval(sampleMs(this.setup.durationMs)).subscribe(() => {
      this.setup.onSample(this.books.recorder.sample(performance.now() - fromMs, process.memoryUsage()));
    });
    this.ending.add(sampling);
  }

  private async drain(): Promise<void> {
    const idle = interval(LOOK_MS).pipe(filter(() => this.books.waiting === 0));
    await firstValueFrom(merge(idle, timer(DRAIN_MS), this.failure));
    this.books.close(performance.now(), this.neverSent());
  }

  /** When those were due that should have been sent and were not. */
  private *neverSent(): Iterable<number> {
    const { perSecond, signal } = this.setup;
    if (signal.aborted || Number.isNaN(this.fromMs)) return;
    for (let n = Math.max(this.sent, this.warmUp); n < this.count; n++) {
      yield this.fromMs + ((n - this.warmUp) * 1_000) / perSecond;
    }
  }

  private figures(): SteadyFigures {
    const { recorder, unhandled, repeated, refused } = this.books;
    const { handled, latency, lateness, series } = recorder;
    return {
      handled,
      handledPerSecond: handled === 0 ? 0 : (handled / (this.lastMs - this.fromMs)) * 1_000,
      unhandled,
      repeated,
      refused,
      latency: latency.figures(),
      lateness: lateness.figures(),
      series,
      shares: this.shares,
    };
  }
}
