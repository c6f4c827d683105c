import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { MonoTypeOperatorFunction } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { jsonCodec } from '../core/jsonCodec.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { callOn } from './callOn.ts';
import { FileLines } from './ndjson/fileLines.ts';
import { LineQueue } from './ndjson/lineQueue.ts';
import type { LineWriter } from './ndjson/lineWriter.ts';
import { StreamLines } from './ndjson/streamLines.ts';

export interface ToNdjsonOptions<D extends Delivery> {
  /** What to write of a delivery. @default its data */
  readonly format?: (delivery: D) => unknown;
  /**
   * What becomes of a file that exists: what is written is added to it, or replaces it. It is replaced once: subscribed
   * again, by a supervisor say, the operator adds to what it has written.
   * @default 'append'
   */
  readonly existing?: 'append' | 'truncate';
}

/** One write takes what is waiting, up to this many characters and the line that passes it. */
const WRITE_SIZE = 65_536;

const { encode } = jsonCodec();

/**
 * Writes each delivery's data as a line of JSON (newline-delimited JSON, UTF-8), and hands the delivery on once the
 * stream, or for a file the operating system, has confirmed the write. That survives the end of the process, not the
 * loss of power.
 *
 *     source:        -a-bc-----|
 *     toNdjson(file): --a---(bc)|    b and c went in one write
 *
 * A file is opened by the first write, in a folder that is made if there is none; half a line that it ends in is left by
 * itself. A stream is the caller's to end.
 *
 * Order: kept. Memory: one write of about 64 KiB at a time; deliveries behind it wait, at most the source's credit.
 * Settlement: data that JSON can't hold is rejected; when a write fails (disk full, no permission) its deliveries fail
 * with a `FileWriteError`, and the next write opens the file anew. When unsubscribed, or when the source errors, what is
 * not confirmed yet is released, and may have been written all the same: it is then written again (at least once).
 * Completes once the file is closed. Errors: what `format` throws fails the delivery; a file that can't be closed is an
 * error, as are the source's.
 *
 * @example
 * quotes.pipe(toNdjson('quotes.ndjson', { format: ({ message, data }) => ({ topic: message.topic, ...data }) }));
 *
 * @throws {InvalidOptionError} if the target is no path, file URL or writable stream, or an option is out of bounds
 */
export function toNdjson<D extends Delivery>(
  target: string | URL | Writable,
  options: ToNdjsonOptions<D> = {},
): MonoTypeOperatorFunction<D> {
  const { format = dataOf, existing = 'append' } = options;
  const { path, open } = writerTo(target, existing);
  if (typeof format !== 'function') throw new InvalidOptionError('format', format, 'a function of a delivery');
  if (existing !== 'append' && existing !== 'truncate') {
    throw new InvalidOptionError('existing', existing, "'append' or 'truncate'");
  }
  const lineOf = (delivery: D) => {
    const formatted = callOn(delivery, (one) => ({ value: format(one) }));
    return formatted && jsonOf(delivery, formatted.value);
  };
  return described(
    { kind: 'sink', name: 'toNdjson', attributes: path === undefined ? {} : { path, existing } },
    operate<D, D>((source, subscriber) => {
      const queue = new LineQueue(subscriber, { writer: open(), lineOf, writeSize: WRITE_SIZE });
      feed(source, subscriber, { next: (delivery) => queue.next(delivery), complete: () => queue.complete() });
      return () => queue.stop();
    }),
  );
}

const dataOf = ({ data }: Delivery): unknown => data;

function jsonOf(delivery: Delivery, value: unknown): string | undefined {
  try {
    return encode(value) as string;
  } catch (cause) {
    delivery.reject(cause);
    return undefined;
  }
}

function writerTo(target: unknown, existing: string): { readonly path?: string; open(): LineWriter } {
  if (target instanceof Writable) return { open: () => new StreamLines(target) };
  const path = target instanceof URL && target.protocol === 'file:' ? fileURLToPath(target) : target;
  if (typeof path !== 'string' || path === '') {
    throw new InvalidOptionError('target', target, 'a path, a file: URL or a writable stream');
  }
  const file = { path, truncate: existing === 'truncate' };
  return { path, open: () => new FileLines(file) };
}
