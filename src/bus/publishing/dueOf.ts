import type { PublishOptions } from '../../core/publisher.ts';
import type { Due } from '../../core/store.ts';

/** When a message is due, by options that were checked; undefined for at once. */
export function dueOf({ delayMs = 0, deliverAt }: PublishOptions): Due | undefined {
  if (deliverAt !== undefined) return { atMs: Number(deliverAt) };
  return delayMs > 0 ? { afterMs: delayMs } : undefined;
}
