import type { Observable } from 'rxjs';
import type { Payload } from './codec.ts';

/**
 * What a store keeps for caches: entries that end by themselves, by the store's clock, and the flights that fetch them.
 *
 * A flight is the right to fetch a key, of one holder at a time: a lease with a token of the holder's. Only who still has
 * it can `land` an entry, so whoever was taken for dead, or fetched what has been removed meanwhile, overwrites nothing.
 *
 * | flight | event                             | next   | effect                                  |
 * |--------|-----------------------------------|--------|-----------------------------------------|
 * | none   | `ask`, nothing fresh              | held   | the caller's token has it               |
 * | held   | `ask` by another                  | held   | is told for how long yet                |
 * | held   | `renew` with its token            | held   | for as long anew                        |
 * | held   | `land` with its token             | none   | the entry is kept, as that version      |
 * | held   | `drop` with its token             | none   |                                         |
 * | held   | its lease is over                 | none   |                                         |
 * | held   | `remove` of the key, `clear`      | none   | what is kept is gone too                |
 * | any    | `land`, `renew`: any other token  | same   | refused: false                          |
 *
 * Every call is a cold Observable that emits one value and completes, as those of `StreamStore`.
 */
export interface CacheStore {
  /** What is kept of a key; unless that is fresh, in the same step also its flight, if nobody has it. */
  ask(place: CachePlace, request: CacheAsk): Observable<CacheAnswer>;
  /** Prolongs the caller's flight; emits false if it has none. */
  renew(place: CachePlace, token: string, leaseMs: number): Observable<boolean>;
  /** Ends the caller's flight with what it brought; emits false, and keeps nothing, if it has none. */
  land(place: CachePlace, token: string, landed: CacheLanding): Observable<boolean>;
  /** Ends the caller's flight with nothing. */
  drop(place: CachePlace, token: string): Observable<void>;
  /** Removes what is kept of a key; its flight is over. */
  remove(place: CachePlace): Observable<void>;
  /** Removes all that a cache keeps; its flights are over. Not in one step: repeat it if it fails. */
  clear(cache: string): Observable<void>;
}

/** A key of a cache. */
export interface CachePlace {
  /** Of 1 to 128 characters, without white space, colon or braces. */
  readonly cache: string;
  /** Any text. */
  readonly key: string;
}

export interface CacheAsk {
  /** Whose flight it is to be: a name that nobody else uses. */
  readonly token: string;
  /** For how long the flight is the caller's unless it renews it, in ms, a whole number from 1. */
  readonly leaseMs: number;
  /** Up to what age a value is fresh, in ms; 0 for never. */
  readonly freshMs: number;
  /** The same of an error. */
  readonly freshErrorMs: number;
  /** The version that the caller has: of that the payload is left out. */
  readonly known?: string | undefined;
}

export interface CacheAnswer {
  /** Fresh or not; absent if nothing is kept. */
  readonly kept?: CacheEntry;
  /** `none`: what is kept is fresh. `yours`: the caller is to fetch. Else another has it, for so long yet, in ms. */
  readonly flight: 'none' | 'yours' | { readonly heldMs: number };
}

/** What is kept of a key. */
export interface CacheEntry {
  /** The token of the flight that landed it: never that of another entry. */
  readonly version: string;
  readonly error: boolean;
  /** How long ago it landed, in ms. */
  readonly ageMs: number;
  /** How much longer it is kept, in ms. */
  readonly leftMs: number;
  /** Absent if the caller knows this version. */
  readonly payload?: Payload;
}

/** What a flight brought. */
export interface CacheLanding {
  /** Whether it is an error that is kept, and no value. */
  readonly error: boolean;
  readonly payload: Payload;
  /** How long it is kept, in ms, a whole number from 1. */
  readonly keepMs: number;
}
