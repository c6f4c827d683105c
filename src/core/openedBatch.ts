import { decompressed, MOST_UNPACKED_BYTES } from './batchCompression.ts';
import { BATCH_ENCODING } from './batchEncoding.ts';
import { type Frame, readFrame } from './batchFrame.ts';
import type { Payload } from './codec.ts';
import type { Codecs } from './codecs.ts';
import { CorruptEntryError } from './errors.ts';
import type { StoreRecord } from './store.ts';

/**
 * Opens a record batch.
 *
 * @throws {CorruptEntryError} if it is damaged, does not say how many messages it holds, or is larger than `maxBytes`
 * once decompressed
 */
export function openBatch(
  record: Pick<StoreRecord, 'priority' | 'payload' | 'encoding' | 'count'>,
  maxBytes: number = MOST_UNPACKED_BYTES,
): OpenedBatch {
  const { priority, payload, encoding, count } = record;
  if (count === undefined) throw new CorruptEntryError('a record batch does not say how many messages it holds');
  const rest = encoding.slice(BATCH_ENCODING.length);
  const plain = rest === '' ? payload : decompressed(payload, rest.slice(1), maxBytes);
  return new OpenedBatch(priority, count, readFrame(plain, count));
}

/**
 * The messages of a record batch, by their places from 0. Their data is decoded in one go where the codec can, when the
 * first of it is asked for. Memory: the payloads, for as long as it is held.
 */
export class OpenedBatch {
  private decoded: readonly unknown[] | undefined;
  private tried = false;

  constructor(
    private readonly priority: StoreRecord['priority'],
    readonly count: number,
    private readonly frame: Frame,
  ) {}

  topic(index: number): string {
    return this.kind(index)[0];
  }

  type(index: number): string {
    return this.kind(index)[1];
  }

  encoding(index: number): string {
    return this.kind(index)[2];
  }

  meta(index: number): string {
    return this.frame.head.metas?.[index] ?? '';
  }

  payload(index: number): Payload {
    const { body, head, offsets } = this.frame;
    const from = offsets[index] as number;
    const to = from + (head.lengths[index] as number);
    return typeof body === 'string' ? body.slice(from, to) : body.subarray(from, to);
  }

  /** The message as an entry of its own would have it. */
  record(index: number): StoreRecord {
    const [topic, type, encoding] = this.kind(index);
    return {
      priority: this.priority,
      topic,
      payload: this.payload(index),
      type,
      encoding,
      meta: this.meta(index),
    };
  }

  /**
   * @throws {DecodeError} if its payload can't be read
   * @throws {UnknownEncodingError} if no codec is known for it
   */
  data(index: number, codecs: Codecs): unknown {
    if (!this.tried) this.decodeAll(codecs);
    if (this.decoded !== undefined) return this.decoded[index];
    return codecs.for(this.encoding(index)).decode(this.payload(index));
  }

  private decodeAll(codecs: Codecs): void {
    const { body } = this.frame;
    this.tried = true;
    if (typeof body === 'string') this.decoded = codecs.for('json').decodeJoined?.(body, this.count);
  }

  private kind(index: number): readonly [string, string, string] {
    const { kinds, kind } = this.frame.head;
    return kinds[kind === undefined ? 0 : (kind[index] as number)] as readonly [string, string, string];
  }
}
