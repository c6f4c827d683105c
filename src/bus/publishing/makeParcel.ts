import { randomUUID } from 'node:crypto';
import type { Span } from '@opentelemetry/api';
import type { Codecs } from '../../core/codecs.ts';
import { PayloadTooLargeError } from '../../core/errors.ts';
import type { Headers } from '../../core/message.ts';
import { encodeMeta } from '../../core/meta.ts';
import type { Confirm, PublishOptions } from '../../core/publisher.ts';
import type { Once } from '../../core/store.ts';
import { dueOf } from './dueOf.ts';
import type { Parcel } from './parcel.ts';

/** What a bus allows. */
export interface RecordLimits {
  readonly codecs: Codecs;
  readonly maxPayloadBytes: number;
  /** How long, and how many, ids of messages are remembered; absent: not at all. */
  readonly idempotency?: Idempotency | undefined;
}

/** How long a stream remembers the ids of what was published with one, and how many of them. */
export type Idempotency = Pick<Once, 'forMs' | 'most'>;

/** What a message has beside what its publisher said of it. */
export interface Sender {
  readonly headers: Headers | undefined;
  readonly span: Span | undefined;
  readonly at: number;
  readonly confirm: Confirm;
}

/**
 * Makes the parcel of a message: topic and options have been checked.
 *
 * @throws {EncodeError | UnknownEncodingError | PayloadTooLargeError}
 */
export function makeParcel(
  topic: string,
  data: unknown,
  options: PublishOptions,
  { headers, span, at, confirm }: Sender,
  { codecs, maxPayloadBytes, idempotency }: RecordLimits,
): Parcel {
  const { priority = 'normal', key, time, type = '' } = options;
  const due = dueOf(options);
  // What is delayed is known by an id from the receipt to the delivery.
  const id = options.id ?? (due && randomUUID());
  const encoding = options.encoding ?? (data instanceof Uint8Array ? 'bytes' : 'json');
  const payload = codecs.for(encoding).encode(data);
  const size = payloadBytes(payload, maxPayloadBytes);
  if (size > maxPayloadBytes) throw new PayloadTooLargeError(topic, size, maxPayloadBytes);
  const plain = id === undefined && key === undefined && time === undefined && headers === undefined;
  const meta = plain ? '' : encodeMeta({ id, key, time, headers });
  const bytes = size + topic.length + meta.length;
  const once = options.id !== undefined && idempotency ? { id: options.id, ...idempotency } : undefined;
  return { priority, topic, payload, type, encoding, meta, once, bytes, at, id, due, span, confirm };
}

/** The size as UTF-8; counted exactly only where it could matter, since counting reads the whole text. */
function payloadBytes(payload: string | Uint8Array, limit: number): number {
  if (typeof payload !== 'string') return payload.byteLength;
  return payload.length * 3 <= limit ? payload.length : Buffer.byteLength(payload, 'utf8');
}
