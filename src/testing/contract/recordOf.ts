import type { Payload } from '../../core/codec.ts';
import type { StoreRecord } from '../../core/store.ts';

/** A record of this payload; tier normal unless told otherwise. */
export function recordOf(payload: Payload, more: Partial<StoreRecord> = {}): StoreRecord {
  return { priority: 'normal', topic: 'contract.topic', type: '', encoding: 'json', meta: '', ...more, payload };
}
