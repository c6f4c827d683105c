import type { Observable } from 'rxjs';
import type { SourceState } from './sourceState.ts';

/** A source that reads, as whoever ends it sees it. */
export interface RunningSource {
  /** Ends the subscription by completing it; what is out has so long to settle, in ms. Completes once all is told. */
  close(deadlineMs: number): Observable<never>;
  /** Completes once it has left its groups. */
  ended(): Observable<never>;
  /** Completes once the store knows what was settled so far. */
  flushed(): Observable<never>;
  /** How it is doing, one for each partition that it reads. */
  states(): readonly SourceState[];
}
