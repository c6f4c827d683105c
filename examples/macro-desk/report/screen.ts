import { styleText } from 'node:util';

/** What a screen writes to: a terminal, a file, a pipe. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The least time between two drawings of the live lines, in ms. */
const FRAME_MS = 50;

/** Writes lines; on a terminal also lines that are drawn over in place. To anything else no control code is written. */
export class Screen {
  readonly live: boolean;
  private drawn = 0;
  private drawnAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly output: Output,
    private readonly errors: Output = output,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.live = output.isTTY === true;
  }

  get columns(): number {
    return this.output.columns ?? 100;
  }

  /** Emphasis: `bold`, `dim`; nothing but the text where there are no control codes, or NO_COLOR is set. */
  style(format: 'bold' | 'dim', text: string): string {
    const plain = !this.live || (process.env['NO_COLOR'] ?? '') !== '';
    return plain ? text : styleText(format, text, { validateStream: false });
  }

  /** Writes lines that stay, above the live ones. */
  print(lines: readonly string[]): void {
    this.erase();
    for (const line of lines) this.output.write(`${line}\n`);
  }

  /** Writes a line about something that went wrong, above the live ones. */
  warn(line: string): void {
    this.erase();
    this.errors.write(`${line}\n`);
  }

  /** Draws the live lines over those before them, as often as an eye can follow; `last` draws in any case. */
  draw(lines: () => readonly string[], last = false): void {
    if (!this.live || (!last && this.now() - this.drawnAt < FRAME_MS)) return;
    this.drawnAt = this.now();
    const text = lines();
    this.erase();
    for (const line of text) this.output.write(`${line}\n`);
    this.drawn = text.length;
  }

  /** Lets the live lines stand as they are. */
  leave(): void {
    if (this.drawn > 0) this.output.write('\n');
    this.drawn = 0;
  }

  private erase(): void {
    if (this.drawn > 0) this.output.write(`\x1b[${this.drawn}A\x1b[J`);
    this.drawn = 0;
  }
}
