import type { SeriesPoint } from './measuring/recorder.ts';

/** Where progress is written. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

const CLEAR_LINE = '\r\u001b[2K';
/** How often a line is written where lines can't be written over. */
const PLAIN_EVERY_MS = 10_000;

/** Tells what is measured now: in one line that is written over on a terminal, in plain lines now and then elsewhere. */
export class Progress {
  private toldAtMs = 0;
  private title = '';
  private shown = false;

  constructor(
    private readonly screen: Screen,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Says what is measured now; what it gives is told of each stretch. */
  watch(title: string, durationMs: number): (point: SeriesPoint) => void {
    if (title !== this.title || this.screen.isTTY) this.tell(title);
    this.title = title;
    // What takes long is heard of at once; what is short has been told.
    let first = durationMs >= PLAIN_EVERY_MS;
    return (point) => {
      const text = `${title} · ${seconds(point.atMs)} of ${seconds(durationMs)}${figures(point)}`;
      if (this.screen.isTTY || first || this.now() - this.toldAtMs >= PLAIN_EVERY_MS) this.tell(text);
      first = false;
    };
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.shown) this.screen.write(CLEAR_LINE);
    this.shown = false;
  }

  private tell(text: string): void {
    this.toldAtMs = this.now();
    this.shown = this.screen.isTTY === true;
    this.screen.write(this.screen.isTTY ? `${CLEAR_LINE}${text}` : `${text}\n`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

function figures({ handledPerSecond, sentPerSecond, p99Ms }: SeriesPoint): string {
  const rate = Math.round(handledPerSecond || sentPerSecond).toLocaleString('en-US');
  return ` · ${rate} msg/s${p99Ms === null ? '' : ` · p99 ${p99Ms.toFixed(2)} ms`}`;
}
