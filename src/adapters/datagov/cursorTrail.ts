/**
 * Notices when cursors go round: remembers one of them, a later one each time the walk has doubled (Brent's algorithm).
 */
export class CursorTrail {
  private mark: string | undefined;
  private steps = 0;
  private nextMark = 1;

  /** @returns whether it is the one that is remembered: the walk was here before */
  meets(cursor: string): boolean {
    if (cursor === this.mark) return true;
    this.steps += 1;
    if (this.steps === this.nextMark) {
      this.mark = cursor;
      this.nextMark *= 2;
    }
    return false;
  }
}
