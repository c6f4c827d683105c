import type { StoreRecord } from '../../core/store.ts';

/** What an entry costs beside its text, in bytes: the object, its strings' headers, its places in the books. */
const OVERHEAD_BYTES = 160;

/** What keeping a record costs, in bytes. */
export function bytesOf({ topic, payload, type, encoding, meta }: StoreRecord): number {
  const texts = topic.length + type.length + encoding.length + meta.length;
  return OVERHEAD_BYTES + texts + (typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength);
}
