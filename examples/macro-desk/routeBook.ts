import type { TopicMatcher } from 'sluice';
import type { Finding } from './findChange.ts';
import type { Route } from './routes.ts';

/** What came of one route. */
export class RouteBook {
  readonly series = new Set<string>();
  observations = 0;
  /** Observations without a value. */
  dropped = 0;
  /** Observations with a year before to compare with. */
  changes = 0;
  /** The largest change on the year, up or down; the earlier one of two that are equal. */
  largest: Finding | undefined;

  constructor(
    readonly route: Route,
    readonly matches: TopicMatcher,
    /** How many observations the route is to get, those without a value included. */
    readonly expected: number,
  ) {}

  add(finding: Finding): void {
    this.observations += 1;
    this.series.add(finding.series);
    if (finding.change === null) return;
    this.changes += 1;
    if (Math.abs(finding.change) > Math.abs(this.largest?.change ?? 0)) this.largest = finding;
  }
}
