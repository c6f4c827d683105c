import type { Codecs } from '../../core/codecs.ts';
import { PayloadTooLargeError } from '../../core/errors.ts';
import { encodeMeta } from '../../core/meta.ts';
import type { PublishOptions } from '../../core/publisher.ts';
import type { StoreRecord } from '../../core/store.ts';
import { checkTopic } from '../../core/topic.ts';

/** A record and what it weighs in the buffer, in bytes. */
export interface Weighed {
  readonly record: StoreRecord;
  readonly bytes: number;
}

/** What a bus allows. */
export interface RecordLimits {
  readonly codecs: Codecs;
  readonly maxPayloadBytes: number;
}

/**
 * Makes the record the store is to keep, of options that have been checked.
 *
 * @throws {InvalidTopicError | EncodeError | UnknownEncodingError | PayloadTooLargeError}
 */
export function makeRecord(topic: string, data: unknown, options: PublishOptions, limits: RecordLimits): Weighed {
  checkTopic(topic);
  const { priority = 'normal', key, id, time, headers, type = '' } = options;
  const encoding = options.encoding ?? (data instanceof Uint8Array ? 'bytes' : 'json');
  const payload = limits.codecs.for(encoding).encode(data);
  const size = payloadBytes(payload, limits.maxPayloadBytes);
  if (size > limits.maxPayloadBytes) throw new PayloadTooLargeError(topic, size, limits.maxPayloadBytes);
  const plain = id === undefined && key === undefined && time === undefined && headers === undefined;
  const meta = plain ? '' : encodeMeta({ id, key, time, headers });
  return { record: { priority, topic, payload, type, encoding, meta }, bytes: size + topic.length + meta.length };
}

/** The size as UTF-8; counted exactly only where it could matter, since counting reads the whole text. */
function payloadBytes(payload: string | Uint8Array, limit: number): number {
  if (typeof payload !== 'string') return payload.byteLength;
  return payload.length * 3 <= limit ? payload.length : Buffer.byteLength(payload, 'utf8');
}
