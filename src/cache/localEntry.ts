import type { KeptError } from './keptError.ts';

/** An entry in this process's memory. */
export interface LocalEntry {
  readonly version: string;
  /** What the source brought, frozen; nothing of an error. */
  readonly values: readonly unknown[];
  readonly error?: KeptError;
  /** When it landed and how long it is kept, by this process's clock. */
  readonly bornMs: number;
  readonly untilMs: number;
  /** Its JSON and its key. */
  readonly bytes: number;
  /** When the store last said that it is the one. */
  checkedMs: number;
}
