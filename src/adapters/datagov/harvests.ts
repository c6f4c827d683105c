/** Names of harvests with their times, the oldest of which can be forgotten. */
export class Harvests {
  private times = new Map<string, number>();

  has(name: string): boolean {
    return this.times.has(name);
  }

  add(name: string, atMs: number): void {
    this.times.set(name, atMs);
  }

  /**
   * Forgets those before a time, which nobody asks for any more, and of the others all but the newest.
   *
   * @returns the newest time that may yet be asked for and is forgotten, in ms; -Infinity if there is none
   */
  trim(beforeMs: number, most: number): number {
    const newestFirst = [...this.times].filter(([, atMs]) => atMs >= beforeMs).sort(([, a], [, b]) => b - a);
    this.times = new Map(newestFirst.slice(0, most));
    return newestFirst[most]?.[1] ?? -Infinity;
  }

  /** As text: names and times. */
  written(): string {
    return JSON.stringify([...this.times]);
  }

  read(written: readonly [string, number][]): void {
    this.times = new Map(written);
  }
}
