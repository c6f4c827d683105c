import type { Warning } from '../reply.ts';

/** The most that go with an answer. */
const KEPT = 100;

/** What could not be had of an answer. */
export class Warnings {
  private readonly kept: Warning[] = [];
  private leftOut = 0;

  readonly warn = (warning: Warning): void => {
    if (this.kept.length < KEPT) this.kept.push(warning);
    else this.leftOut += 1;
  };

  get all(): readonly Warning[] {
    if (this.leftOut === 0) return this.kept;
    return [...this.kept, { code: 'MORE_WARNINGS', message: `${this.leftOut} more are left out` }];
  }
}
