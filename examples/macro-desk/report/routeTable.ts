import type { Book } from '../book.ts';
import type { Finding } from '../findChange.ts';
import type { RouteBook } from '../routeBook.ts';
import { signed } from './signed.ts';
import { table } from './table.ts';

const COLUMNS = [
  { heading: 'route' },
  { heading: 'series', numeric: true },
  { heading: 'observations', numeric: true },
  { heading: 'NA dropped', numeric: true },
  { heading: 'changes', numeric: true },
  { heading: 'largest move on the year' },
];

/** What came of each route, a line each, and then of the policy rates. */
export function routeTable(book: Book): readonly string[] {
  return [...table(COLUMNS, book.routes.map(row)), '', ...policyLines(book)];
}

function row({ route, series, observations, dropped, changes, largest }: RouteBook): readonly string[] {
  return [route, `${series.size}`, `${observations}`, `${dropped}`, `${changes}`, largest ? describe(largest) : '–'];
}

function describe({ change, unit, series, period }: Finding): string {
  return `${signed(change ?? 0)}${unit === 'percent' ? ' %' : ' points'}  ${series}  ${period}`;
}

function policyLines({ moves, largestMove, dropped }: Book): readonly string[] {
  const total = [...moves.values()].reduce((sum, count) => sum + count, 0);
  const countries = [...moves].map(([country, count]) => `${country} ${count}`).join(', ');
  const lines = [`policy-rate moves: ${total}${total > 0 ? ` (${countries})` : ''}`];
  if (largestMove) {
    const { country, since, period, from, to, move } = largestMove;
    lines.push(`largest of them: ${country} ${from} → ${to} (${signed(move)} points) from ${since} to ${period}`);
  }
  return [...lines, `NA dropped: ${dropped} (periods for which the provider has no value)`];
}
