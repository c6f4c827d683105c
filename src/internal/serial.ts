import { Fifo } from './fifo.ts';

/**
 * Hands values on one after the other: what comes while another is being handed on waits for it. Keeps the order, and
 * makes a loop of what would be a recursion, when handing on brings the next value.
 */
export class Serial<T> {
  private readonly waiting = new Fifo<T>();
  private handing = false;
  private ended = false;

  constructor(
    private readonly hand: (value: T) => void,
    private readonly end: () => void,
  ) {}

  next(value: T): void {
    if (this.handing || this.waiting.size > 0) {
      this.waiting.push(value);
      return this.run();
    }
    this.handing = true;
    try {
      this.hand(value);
    } finally {
      this.handing = false;
    }
    if (this.waiting.size > 0 || this.ended) this.run();
  }

  /** As `next` for each; none of them is handed on before all are in line. */
  nextAll(values: readonly T[]): void {
    for (const value of values) this.waiting.push(value);
    this.run();
  }

  /** Ends once everything that waits has been handed on. */
  complete(): void {
    this.ended = true;
    this.run();
  }

  private run(): void {
    if (this.handing) return;
    this.handing = true;
    try {
      while (this.waiting.size > 0) this.hand(this.waiting.shift() as T);
    } finally {
      this.handing = false;
    }
    if (this.ended) this.end();
  }
}
