import { type Compression, compressed, MOST_UNPACKED_BYTES } from './batchCompression.ts';
import { BATCH_ENCODING, MOST_MESSAGES } from './batchEncoding.ts';
import { writeFrame } from './batchFrame.ts';
import { encodeMeta } from './meta.ts';
import type { StoreRecord } from './store.ts';

/** Saving less is not worth the work. */
const LEAST_SAVING = 0.95;

/**
 * Packs records of one tier into one: a record batch, which the store keeps and hands out as one entry and whose messages
 * are settled one by one. Compression that does not pay is left out.
 *
 * Its topic is that of all its messages, or empty if they differ; its meta says how many there are.
 *
 * @throws {RangeError} unless there are 1 to 10,000 records, none of them a record batch itself
 */
export function packRecords(records: readonly StoreRecord[], compression: Compression = 'none'): StoreRecord {
  const { length: count } = records;
  const [first] = records;
  if (!first || count > MOST_MESSAGES) throw new RangeError(`a record batch of ${count}: 1 to ${MOST_MESSAGES} fit`);
  if (records.some((record) => record.count !== undefined)) throw new RangeError('a record batch within another');
  const { payload, topic } = writeFrame(records);
  const record = { priority: first.priority, topic, type: '', meta: encodeMeta({ count }), count };
  const size = payload.length;
  // As UTF-8, a text may have three bytes where it has a character; what is compressed must be readable again.
  if (compression === 'none' || 3 * size > MOST_UNPACKED_BYTES) return { ...record, payload, encoding: BATCH_ENCODING };
  const packed = compressed(payload, compression);
  if (packed.byteLength > size * LEAST_SAVING) return { ...record, payload, encoding: BATCH_ENCODING };
  return { ...record, payload: packed, encoding: `${BATCH_ENCODING}+${compression}` };
}
