import {
  constants,
  deflateRawSync,
  inflateRawSync,
  type ZlibOptions,
  type ZstdOptions,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import type { Payload } from './codec.ts';
import { CorruptEntryError } from './errors.ts';

/** How the messages of a record batch are compressed. */
export type Compression = 'none' | 'zstd' | 'deflate';

/** The most bytes of a record batch once decompressed, against what claims to be small and is not. */
export const MOST_UNPACKED_BYTES = 64 * 1024 * 1024;

// Level 1 of zstd: twice as fast as its default of 3, for a few percent of the size.
const ZSTD: ZstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const DEFLATE: ZlibOptions = { level: 1 };

/** Compresses; text as UTF-8. */
export function compressed(payload: Payload, compression: Exclude<Compression, 'none'>): Uint8Array {
  return compression === 'zstd' ? zstdCompressSync(payload, ZSTD) : deflateRawSync(payload, DEFLATE);
}

/** @throws {CorruptEntryError} if it is not what `compression` writes, or more than `maxBytes` of it */
export function decompressed(payload: Payload, compression: string, maxBytes: number): Uint8Array {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const options = { maxOutputLength: maxBytes };
  try {
    if (compression === 'zstd') return zstdDecompressSync(bytes, options);
    if (compression === 'deflate') return inflateRawSync(bytes, options);
  } catch (cause) {
    throw new CorruptEntryError(`a record batch can't be decompressed, or is over ${maxBytes} bytes`, { cause });
  }
  throw new CorruptEntryError(`a record batch is compressed by '${compression.slice(0, 40)}', which is unknown`);
}
