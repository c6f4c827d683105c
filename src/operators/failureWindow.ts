/** How many of the calls of the last while have failed. */
export interface FailureCounts {
  readonly calls: number;
  readonly failed: number;
}

const SLICES = 10;

/** Counts calls over a window of time that slides by a tenth of itself. Memory: a pair of numbers a tenth. */
export class FailureWindow {
  private readonly calls = new Array<number>(SLICES).fill(0);
  private readonly failed = new Array<number>(SLICES).fill(0);
  /** The number of the current slice, since the beginning of time. */
  private slice = 0;

  constructor(private readonly windowMs: number) {}

  add(failed: boolean, nowMs: number): void {
    this.slide(nowMs);
    const at = this.slice % SLICES;
    this.calls[at] = (this.calls[at] as number) + 1;
    if (failed) this.failed[at] = (this.failed[at] as number) + 1;
  }

  counts(nowMs: number): FailureCounts {
    this.slide(nowMs);
    return { calls: sum(this.calls), failed: sum(this.failed) };
  }

  clear(): void {
    this.calls.fill(0);
    this.failed.fill(0);
  }

  private slide(nowMs: number): void {
    const slice = Math.floor((nowMs * SLICES) / this.windowMs);
    // A clock that is put back goes on in the slice that it was in.
    const passed = Math.min(SLICES, Math.max(0, slice - this.slice));
    for (let i = 1; i <= passed; i += 1) {
      const at = (this.slice + i) % SLICES;
      this.calls[at] = 0;
      this.failed[at] = 0;
    }
    if (passed === SLICES) this.clear();
    this.slice = Math.max(this.slice, slice);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
