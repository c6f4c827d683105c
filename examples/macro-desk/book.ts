import { compilePattern } from 'sluice';
import type { Finding } from './findChange.ts';
import type { RawObservation } from './observationsOf.ts';
import type { PolicyMove } from './policyMoves.ts';
import { RouteBook } from './routeBook.ts';
import { ROUTES, type Route } from './routes.ts';
import { topicOf } from './topicOf.ts';

/**
 * The desk's books: counts what the pipelines found, for the table at the end and the progress meanwhile.
 *
 * A message that comes twice, as it may after a lost connection, is counted twice here and written twice in the files.
 */
export class Book {
  readonly routes: readonly RouteBook[];
  /** Observations without a value, each once, whatever routes it would have taken. */
  dropped = 0;
  /** Moves of a policy rate, by country. */
  readonly moves = new Map<string, number>();
  largestMove: PolicyMove | undefined;

  constructor(
    observations: Iterable<RawObservation>,
    /** Called after each entry. */
    private readonly changed: () => void = () => undefined,
  ) {
    const topics = countTopics(observations);
    this.routes = Object.entries(ROUTES).map(([route, pattern]) => {
      const matches = compilePattern(pattern);
      const expected = [...topics].reduce((sum, [topic, count]) => (matches(topic) ? sum + count : sum), 0);
      return new RouteBook(route as Route, matches, expected);
    });
  }

  drop(topic: string): void {
    this.dropped += 1;
    for (const book of this.routes) if (book.matches(topic)) book.dropped += 1;
    this.changed();
  }

  find(route: Route, finding: Finding): void {
    this.routes.find((book) => book.route === route)?.add(finding);
    this.changed();
  }

  move(move: PolicyMove): void {
    this.moves.set(move.country, (this.moves.get(move.country) ?? 0) + 1);
    if (Math.abs(move.move) > Math.abs(this.largestMove?.move ?? 0)) this.largestMove = move;
    this.changed();
  }
}

function countTopics(observations: Iterable<RawObservation>): ReadonlyMap<string, number> {
  const topics = new Map<string, number>();
  for (const observation of observations) {
    const topic = topicOf(observation);
    topics.set(topic, (topics.get(topic) ?? 0) + 1);
  }
  return topics;
}
