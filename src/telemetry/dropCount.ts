import { emitNotice } from './emitNotice.ts';

/** Counts what was dropped and says so: at the first, at each tenfold, and in sum at the end. */
export class DropCount {
  private count = 0;
  private told = 0;

  constructor(
    /** Who drops: the subject of the sentence. */
    private readonly who: string,
    private readonly policy: string,
  ) {}

  add(): void {
    this.count += 1;
    if (this.count >= this.told * 10) this.tell('so far');
  }

  end(): void {
    if (this.count > this.told) this.tell('in all');
  }

  private tell(when: string): void {
    this.told = this.count;
    const message = `${this.who} dropped ${this.count} ${when}: its buffer was full (${this.policy})`;
    emitNotice({ level: 'warn', code: 'SLUICE_DROPPED', message });
  }
}
