import type { Codecs } from '../../core/codecs.ts';
import { InvalidOptionError, PayloadTooLargeError } from '../../core/errors.ts';
import type { Headers } from '../../core/message.ts';
import { encodeMeta } from '../../core/meta.ts';
import { PRIORITIES, type Priority } from '../../core/priority.ts';
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
 * Makes the record the store is to keep.
 *
 * @throws {InvalidTopicError | InvalidOptionError | EncodeError | UnknownEncodingError | PayloadTooLargeError}
 */
export function makeRecord(topic: string, data: unknown, options: PublishOptions, limits: RecordLimits): Weighed {
  checkTopic(topic);
  const { priority = 'normal', key, id, time, headers, type = '' } = options;
  checkOptions(priority, headers);
  const encoding = options.encoding ?? (data instanceof Uint8Array ? 'bytes' : 'json');
  const payload = limits.codecs.for(encoding).encode(data);
  const size = payloadBytes(payload, limits.maxPayloadBytes);
  if (size > limits.maxPayloadBytes) throw new PayloadTooLargeError(topic, size, limits.maxPayloadBytes);
  const plain = id === undefined && key === undefined && time === undefined && headers === undefined;
  const meta = plain ? '' : encodeMeta({ id, key, time, headers });
  return { record: { priority, topic, payload, type, encoding, meta }, bytes: size + topic.length + meta.length };
}

function checkOptions(priority: Priority, headers: Headers | undefined): void {
  if (!PRIORITIES.includes(priority)) throw new InvalidOptionError('priority', priority, PRIORITIES.join(', '));
  if (headers === undefined) return;
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') throw new InvalidOptionError(`headers.${name}`, value, 'a string');
  }
}

/** The size as UTF-8; counted exactly only where it could matter, since counting reads the whole text. */
function payloadBytes(payload: string | Uint8Array, limit: number): number {
  if (typeof payload !== 'string') return payload.byteLength;
  return payload.length * 3 <= limit ? payload.length : Buffer.byteLength(payload, 'utf8');
}
