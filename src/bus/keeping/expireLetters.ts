import { concatMap, defer, EMPTY, expand, map, type Observable, of, reduce, switchMap } from 'rxjs';
import type { StreamStore } from '../../core/store.ts';

/** How long the dead letters of a partition are kept. */
export interface LetterBounds {
  /** In ms. @default Infinity */
  readonly maxAgeMs?: number;
  /** @default Infinity */
  readonly maxEntries?: number;
}

/** How many are looked at, and removed, at once. */
const PAGE = 100;

interface Step {
  readonly removed: number;
  readonly goesOn: boolean;
}

/** Removes the oldest dead letters of a partition that the bounds let go; emits how many. Memory: a page of 100. */
export function expireLetters(
  store: StreamStore,
  partition: string,
  { maxAgeMs = Infinity, maxEntries = Infinity }: LetterBounds,
  nowMs: number,
): Observable<number> {
  if (maxAgeMs === Infinity && maxEntries === Infinity) return of(0);
  const step = defer(() => removePage(store, partition, maxEntries, nowMs - maxAgeMs));
  return step.pipe(
    expand(({ goesOn }) => (goesOn ? step : EMPTY)),
    reduce((sum, { removed }) => sum + removed, 0),
  );
}

function removePage(store: StreamStore, partition: string, most: number, oldestMs: number): Observable<Step> {
  return store.stats(partition).pipe(
    switchMap(({ deadLetters }) =>
      store.deadLetters(partition, { count: PAGE }).pipe(
        concatMap((letters) => {
          const gone = letters.filter(({ time }, i) => time < oldestMs || i < deadLetters - most).map(({ id }) => id);
          if (gone.length === 0) return of({ removed: 0, goesOn: false });
          const goesOn = gone.length === letters.length;
          return store.purge(partition, gone).pipe(map((removed) => ({ removed, goesOn })));
        }),
      ),
    ),
  );
}
