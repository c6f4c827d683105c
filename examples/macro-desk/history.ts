/** What series were worth lately: at least this year's and last year's values of each, so its memory is bounded. */
export class History {
  private readonly series = new Map<string, Map<string, number>>();

  /** Keeps a value, and lets go of those that are older than the year before it. Keeping it twice changes nothing. */
  keep(series: string, period: string, value: number): void {
    const values = this.series.get(series) ?? new Map<string, number>();
    this.series.set(series, values.set(period, value));
    for (const known of values.keys()) if (yearOf(known) < yearOf(period) - 1) values.delete(known);
  }

  /** The last one kept of an earlier period. Periods of one frequency sort as text. */
  before(series: string, period: string): { readonly period: string; readonly value: number } | undefined {
    const earlier = [...(this.series.get(series) ?? [])].filter(([known]) => known < period);
    const last = earlier.sort(([a], [b]) => (a < b ? -1 : 1)).at(-1);
    return last && { period: last[0], value: last[1] };
  }
}

function yearOf(period: string): number {
  return Number(period.slice(0, 4));
}
