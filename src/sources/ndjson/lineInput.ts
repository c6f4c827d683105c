import { type Demand, END, type LocalInput } from '../local/localInput.ts';
import type { Line } from './line.ts';
import { LineSplitter, type RawLine } from './lineSplitter.ts';

/** Makes lines of chunks of bytes; asks for the next chunk once the lines of the last are taken. */
export class LineInput<T> implements LocalInput<Line<T>> {
  private readonly splitter: LineSplitter;
  private lines: readonly RawLine[] = [];
  private next = 0;

  constructor(
    private readonly chunks: LocalInput<Buffer>,
    private readonly read: (raw: RawLine) => Line<T> | undefined,
    maxLineBytes: number,
  ) {
    this.splitter = new LineSplitter(maxLineBytes);
  }

  open(demand: Demand): void {
    this.chunks.open(demand);
  }

  take(): IteratorResult<Line<T>, unknown> | undefined {
    while (this.next < this.lines.length || this.refill()) {
      const raw = this.lines[this.next];
      this.next += 1;
      const line = raw && this.read(raw);
      if (line) return { done: false, value: line };
    }
    return this.ended ? END : undefined;
  }

  close(): void {
    this.lines = [];
    this.chunks.close();
  }

  private ended = false;

  /** Splits the next chunk. False if there is none now. */
  private refill(): boolean {
    const chunk = this.chunks.take();
    if (!chunk) return false;
    if (!chunk.done) return this.hold(this.splitter.push(chunk.value));
    const last = this.splitter.end();
    if (last) return this.hold([last]);
    this.ended = true;
    return false;
  }

  private hold(lines: readonly RawLine[]): boolean {
    this.lines = lines;
    this.next = 0;
    return true;
  }
}
