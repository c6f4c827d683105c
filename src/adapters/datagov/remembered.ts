/** The last so many names: the oldest are forgotten first. */
export class Remembered {
  private readonly names = new Set<string>();

  constructor(private readonly most: number) {}

  /** @returns whether it was new */
  add(name: string): boolean {
    if (this.names.has(name)) return false;
    this.names.add(name);
    if (this.names.size > this.most) for (const oldest of this.names) return this.names.delete(oldest);
    return true;
  }
}
