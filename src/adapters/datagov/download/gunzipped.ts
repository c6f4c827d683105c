import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DownloadFormatError } from './downloadErrors.ts';

/** Whether it begins as gzip does (RFC 1952, 2.3.1). */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** A file that is gzip itself, decompressed, as fast as it is read and no further than `maxBytes`. */
export async function* gunzipped(
  chunks: AsyncIterable<Uint8Array>,
  url: string,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const out = createGunzip();
  // Not waited for: a read that is under way ends with the download.
  pipeline(Readable.from(chunks, { objectMode: false }), out).catch(() => undefined);
  let bytes = 0;
  try {
    for await (const chunk of out as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new DownloadFormatError(`${url} unpacks to more than maxBytes (${maxBytes})`, url);
      yield chunk;
    }
  } catch (cause) {
    if (!isOfZlib(cause)) throw cause;
    throw new DownloadFormatError(`${url} is broken gzip`, url, cause);
  } finally {
    out.destroy();
  }
}

function isOfZlib(cause: unknown): boolean {
  return cause instanceof Error && String(Reflect.get(cause, 'code')).startsWith('Z_');
}
