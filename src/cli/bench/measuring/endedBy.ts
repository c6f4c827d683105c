import { fromEvent, map, type Observable, of, take } from 'rxjs';

/** Emits once the signal is aborted: at once, if it is. */
export function endedBy(signal: AbortSignal): Observable<void> {
  if (signal.aborted) return of(undefined);
  return fromEvent(signal, 'abort').pipe(
    take(1),
    map(() => undefined),
  );
}
