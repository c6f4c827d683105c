/** How many bytes the store keeps, of how many it may. */
export class Space {
  private kept = 0;

  constructor(readonly maxBytes: number) {}

  get usedBytes(): number {
    return this.kept;
  }

  /** How many bytes are too few for this many more; 0 if they fit. */
  lack(bytes: number): number {
    return Math.max(0, this.kept + bytes - this.maxBytes);
  }

  take(bytes: number): void {
    this.kept += bytes;
  }

  give(bytes: number): void {
    this.kept -= bytes;
  }
}
