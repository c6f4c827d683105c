/** Gives ids `<ms>-<sequence>` that grow, even while the clock stands or goes back. */
export class IdSequence {
  private lastMs = -1;
  private sequence = 0;

  next(nowMs: number): string {
    if (nowMs > this.lastMs) {
      this.lastMs = nowMs;
      this.sequence = 0;
    } else {
      this.sequence += 1;
    }
    return `${this.lastMs}-${this.sequence}`;
  }
}
