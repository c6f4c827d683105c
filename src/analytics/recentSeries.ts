/** What is kept of each of the series that were used last, up to so many. */
export class RecentSeries<S> {
  private readonly series = new Map<string, S>();

  constructor(
    private readonly max: number,
    private readonly make: (name: string) => S,
    private readonly onForgotten: () => void,
  ) {}

  /** That of a series, which becomes the one that was used last; a new one makes the one that was used longest ago go. */
  of(name: string): S {
    const known = this.series.get(name);
    if (known !== undefined) this.series.delete(name);
    else if (this.series.size >= this.max) this.forgetOldest();
    const kept = known ?? this.make(name);
    this.series.set(name, kept); // at the end of the Map's order
    return kept;
  }

  private forgetOldest(): void {
    const [oldest] = this.series.keys();
    this.series.delete(oldest as string);
    this.onForgotten();
  }
}
