import type { Observable } from 'rxjs';
import type { KeyState } from '../core/store.ts';

/** How long, and how many, keys are remembered. */
export interface SeenOptions {
  /** For how long a key is remembered once it was seen, in ms, a whole number from 1. @default 600_000 */
  readonly withinMs?: number;
  /** How many keys are remembered at most, a whole number from 1: of more, the oldest are forgotten. @default 100_000 */
  readonly maxKeys?: number;
}

/** What keys were seen, for `dedupe`: in this process, or by `bus.seen` in the store. */
export interface Seen {
  readonly withinMs: number;
  readonly maxKeys: number;
  /** Claims a key for whoever handles its message; emits once: free to handle, seen before, or claimed by another. */
  claim(key: string): Observable<KeyState>;
  /** The message of a claimed key was handled: from now on it is seen. Completes once that is known. */
  keep(key: string): Observable<unknown>;
  /** The message of a claimed key was not handled: the next may be. */
  drop(key: string): void;
}
