import type { Screen } from '../bench/progress.ts';

const CLEAR_LINE = '\r\u001b[2K';
/** How often a line is written where lines can't be written over. */
const PLAIN_EVERY_MS = 10_000;

/** Says how far long work has come: in one line on a terminal, in a line now and then elsewhere. */
export class StepLine {
  private toldAtMs = performance.now();
  private shown = false;

  constructor(private readonly screen: Screen) {}

  show(text: string): void {
    if (this.screen.isTTY) this.screen.write(`${CLEAR_LINE}${text}`);
    else if (performance.now() - this.toldAtMs >= PLAIN_EVERY_MS) {
      this.toldAtMs = performance.now();
      this.screen.write(`${text}\n`);
    }
    this.shown = this.screen.isTTY === true;
  }

  clear(): void {
    if (this.shown) this.screen.write(CLEAR_LINE);
  }
}
