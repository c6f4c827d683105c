import { LatencyHistogram } from './latencyHistogram.ts';

/** What was measured within one stretch of time. */
export interface SeriesPoint {
  /** The end of the stretch, from the beginning of the measurement. */
  readonly atMs: number;
  readonly sentPerSecond: number;
  readonly handledPerSecond: number;
  /** Sent and not handled yet, at its end. */
  readonly waiting: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

export interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
}

/** The books of one measurement: what was sent and handled, how long it took, and how that went over time. */
export class Recorder {
  /** From the time a message was due until its handler has it. */
  readonly latency = new LatencyHistogram();
  /** From the time a message was due until it was sent. */
  readonly lateness = new LatencyHistogram();
  readonly series: SeriesPoint[] = [];
  sent = 0;
  handled = 0;
  private readonly stretch = new LatencyHistogram();
  private last = { atMs: 0, sent: 0, handled: 0 };

  /** Counts a message as sent; late by so much, where it had a time at which it was due. */
  countSent(lateMs?: number): void {
    this.sent += 1;
    if (lateMs !== undefined) this.lateness.record(lateMs);
  }

  /** Counts a message as handled; after so long, where that is measured. */
  countHandled(latencyMs?: number): void {
    this.handled += 1;
    if (latencyMs === undefined) return;
    this.latency.record(latencyMs);
    this.stretch.record(latencyMs);
  }

  /** Ends a stretch of time. */
  sample(atMs: number, { heapUsed, rss }: Memory): SeriesPoint {
    const seconds = (atMs - this.last.atMs) / 1_000;
    const point = {
      atMs,
      sentPerSecond: (this.sent - this.last.sent) / seconds,
      handledPerSecond: (this.handled - this.last.handled) / seconds,
      waiting: this.sent - this.handled,
      p50Ms: orNull(this.stretch.percentile(50)),
      p99Ms: orNull(this.stretch.percentile(99)),
      maxMs: orNull(this.stretch.maxMs),
      heapBytes: heapUsed,
      rssBytes: rss,
    };
    this.series.push(point);
    this.last = { atMs, sent: this.sent, handled: this.handled };
    this.stretch.reset();
    return point;
  }
}

/** JSON has no NaN. */
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
