import { decodeMeta } from '../core/meta.ts';
import type { Entry } from '../core/store.ts';

/** The ordering key of an entry; undefined if it has none, or can't be read: what reads it next says why. */
export function keyOf({ fault, meta }: Entry): string | undefined {
  if (fault !== undefined || meta === '') return undefined;
  try {
    return decodeMeta(meta).key;
  } catch {
    // Rejected with this error once its delivery is made.
    return undefined;
  }
}
