import type { Payload } from '../../core/codec.ts';
import type { Priority } from '../../core/priority.ts';
import type { EntryRef } from '../../core/store.ts';

/** A way into a store from outside, as anyone else who can write there has it. */
export interface RawAccess {
  /** Appends an entry of exactly these fields to a lane and emits its id. */
  write(stream: string, priority: Priority, fields: Readonly<Record<string, Payload>>): Promise<string>;
  /** Removes an entry, whoever owes it. */
  remove(stream: string, ref: EntryRef): Promise<void>;
}
