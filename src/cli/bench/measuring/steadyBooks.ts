import { Recorder } from './recorder.ts';

/** The books of messages that are due at a steady rate: each is counted from when it was due, once, whatever becomes of it. */
export class SteadyBooks {
  readonly recorder = new Recorder();
  /** Handled more than once. */
  repeated = 0;
  /** Refused by the store. */
  refused = 0;
  /** Neither handled nor refused when the measurement ended. */
  unhandled = 0;
  /** By number: when it was due. */
  private readonly open = new Map<number, number>();
  /** When those were due that were refused. */
  private readonly refusedDueMs: number[] = [];

  constructor(
    /** How many of the first are not counted: meanwhile code gets hot and consumers find their place. */
    private readonly warmUp: number,
  ) {}

  /** How many are sent, and neither handled nor refused. */
  get waiting(): number {
    return this.open.size;
  }

  sent(n: number, dueMs: number, nowMs: number): void {
    this.open.set(n, dueMs);
    if (n >= this.warmUp) this.recorder.countSent(nowMs - dueMs);
  }

  handled(n: number, nowMs: number): void {
    const dueMs = this.open.get(n);
    if (dueMs === undefined) {
      this.repeated += 1;
      return;
    }
    this.open.delete(n);
    if (n >= this.warmUp) this.recorder.countHandled(nowMs - dueMs);
  }

  refuse(n: number): void {
    const dueMs = this.open.get(n);
    if (dueMs === undefined) return;
    this.open.delete(n);
    this.refused += 1;
    if (n >= this.warmUp) this.refusedDueMs.push(dueMs);
  }

  /**
   * Ends the books. What was due and has not been handled, refused or not, took as long as that, at least: left out, it
   * would be omitted.
   */
  close(nowMs: number, neverSent: Iterable<number> = []): void {
    for (const [n, dueMs] of this.open) if (n >= this.warmUp) this.countUnhandled(nowMs - dueMs);
    for (const dueMs of neverSent) this.countUnhandled(nowMs - dueMs);
    for (const dueMs of this.refusedDueMs) this.recorder.latency.record(nowMs - dueMs);
    this.open.clear();
  }

  private countUnhandled(forMs: number): void {
    this.unhandled += 1;
    this.recorder.latency.record(forMs);
  }
}
