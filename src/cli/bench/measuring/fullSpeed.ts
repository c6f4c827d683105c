import { filter, firstValueFrom, interval, merge, Subject, Subscription, take, timer } from 'rxjs';
import type { Bus } from '../../../bus/bus.ts';
import type { OutgoingMessage } from '../../../bus/publishing/publishMany.ts';
import { toError } from '../../../core/errors.ts';
import { type Consume, consume } from './consume.ts';
import { endedBy } from './endedBy.ts';
import { Pump } from './pump.ts';
import { Recorder, type SeriesPoint } from './recorder.ts';
import { sampleMs } from './sampleMs.ts';
import { TOPIC, workOf } from './work.ts';

const MOST_WAITING = 20_000;
/** The part of it that is not counted: meanwhile code gets hot and consumers find their place. */
const WARM_UP = 0.1;
const LOOK_MS = 1;

export interface FullSpeedSetup {
  /** None: only what is there already is consumed. */
  readonly producers: readonly Bus[];
  /** None: it is published only. */
  readonly consumers: readonly Bus[];
  readonly durationMs: number;
  /** It ends after so many, if that is sooner. */
  readonly count?: number;
  readonly payloadBytes: number;
  readonly signal: AbortSignal;
  readonly onSample: (point: SeriesPoint) => void;
  /** @default 20,000 unhandled messages; without consumers any number */
  readonly mostWaiting?: number;
  /** How often each message is handled. @default 1 */
  readonly copies?: number;
  /** @default one topic for all */
  readonly message?: (n: number) => OutgoingMessage;
  /** @default one group that shares the work */
  readonly consume?: Consume;
}

export interface FullSpeedFigures {
  readonly sent: number;
  readonly handled: number;
  /** While it was counted. */
  readonly sentPerSecond: number;
  readonly handledPerSecond: number;
  readonly series: readonly SeriesPoint[];
}

/** Publishes and consumes as fast as it goes; producers wait while too much is unhandled, so that nothing piles up. */
export function fullSpeed(setup: FullSpeedSetup): Promise<FullSpeedFigures> {
  return new FullSpeedRun(setup).run();
}

interface Mark {
  readonly atMs: number;
  readonly sent: number;
  readonly handled: number;
}

class FullSpeedRun {
  private readonly recorder = new Recorder();
  private readonly pump: Pump;
  private readonly failure = new Subject<never>();
  private readonly ending = new Subscription();
  private readonly fromMs = performance.now();
  /** What is done by the end of the warm-up, and by the end. */
  private warm: Mark | undefined;
  private end: Mark | undefined;

  constructor(private readonly setup: FullSpeedSetup) {
    const { producers, consumers, count, payloadBytes, copies = 1 } = setup;
    const { mostWaiting = consumers.length === 0 ? Number.POSITIVE_INFINITY : MOST_WAITING } = setup;
    const work = workOf(payloadBytes);
    const { message = (n: number) => ({ topic: TOPIC, data: work(n) }) } = setup;
    this.pump = new Pump({
      producers,
      message,
      room: (published) => published - this.recorder.handled / copies < mostWaiting,
      ...(count !== undefined && { count }),
      published: (published) => this.published(published),
    });
  }

  async run(): Promise<FullSpeedFigures> {
    const { consumers, consume: reads = consume } = this.setup;
    const failed = (cause: unknown) => this.failure.error(toError(cause));
    try {
      for (const bus of consumers) this.ending.add(reads(bus, { handled: () => this.handled(), failed }));
      this.ending.add(interval(sampleMs(this.setup.durationMs)).subscribe(() => this.sample()));
      const pumping = this.pump.run();
      pumping.catch(failed);
      await this.over();
      this.end ??= this.mark();
      this.pump.stop();
      await pumping;
      return this.figures(this.end);
    } finally {
      this.pump.stop();
      this.ending.unsubscribe();
    }
  }

  private published(count: number): void {
    for (let i = 0; i < count; i++) this.recorder.countSent();
    this.progressed(this.recorder.sent);
  }

  private handled(): void {
    this.recorder.countHandled();
    this.progressed(this.recorder.handled);
  }

  private progressed(done: number): void {
    const { count = Number.POSITIVE_INFINITY } = this.setup;
    if (this.warm === undefined && done >= count * WARM_UP) this.warm = this.mark();
    if (this.end === undefined && this.done) this.end = this.mark();
  }

  private sample(): void {
    const { durationMs, onSample } = this.setup;
    const atMs = performance.now() - this.fromMs;
    onSample(this.recorder.sample(atMs, process.memoryUsage()));
    if (atMs >= durationMs * WARM_UP) this.warm ??= this.mark();
  }

  private async over(): Promise<void> {
    const { durationMs, signal } = this.setup;
    const done = interval(LOOK_MS).pipe(filter(() => this.end !== undefined));
    await firstValueFrom(merge(done, timer(durationMs), endedBy(signal), this.failure).pipe(take(1)));
  }

  private get done(): boolean {
    const { count = Number.POSITIVE_INFINITY, producers, consumers, copies = 1 } = this.setup;
    const { sent, handled } = this.recorder;
    const published = producers.length === 0 || sent >= count;
    return published && (consumers.length === 0 || handled >= count * copies);
  }

  private mark(): Mark {
    return { atMs: performance.now(), sent: this.recorder.sent, handled: this.recorder.handled };
  }

  private figures(end: Mark): FullSpeedFigures {
    const { sent, handled, series } = this.recorder;
    const from = this.warm ?? { atMs: this.fromMs, sent: 0, handled: 0 };
    const seconds = (end.atMs - from.atMs) / 1_000;
    return {
      sent,
      handled,
      sentPerSecond: (end.sent - from.sent) / seconds,
      handledPerSecond: (end.handled - from.handled) / seconds,
      series,
    };
  }
}
