import type { Book } from '../book.ts';
import { bar } from './bar.ts';

const NAME = 14;

/** How far each route is, a line each: no longer than `columns`. */
export function progressLines(book: Book, columns: number): readonly string[] {
  const width = Math.max(4, Math.min(40, columns - 40));
  const routes = book.routes.map(({ route, observations, dropped, expected }) => {
    const done = observations + dropped;
    const share = expected === 0 ? 1 : done / expected;
    return `${route.padEnd(NAME)}${bar(share, width).padEnd(width, '░')}  ${done}/${expected}`;
  });
  const moves = [...book.moves.values()].reduce((sum, count) => sum + count, 0);
  return [...routes, `${'alerts'.padEnd(NAME)}${moves} policy-rate moves`].map((line) => line.slice(0, columns));
}
