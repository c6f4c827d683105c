import type { EntryRef } from '../../core/store.ts';

/** Where an entry is, and nothing else of it. */
export function refOf({ priority, id }: EntryRef): EntryRef {
  return { priority, id };
}
