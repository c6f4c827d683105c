import type { Codec } from './codec.ts';
import { EncodeError } from './errors.ts';

/**
 * Bytes as they are. Data is a `Uint8Array`; what is read is one too (a `Buffer`).
 *
 * @throws {EncodeError} for anything else
 */
export function bytesCodec(): Codec {
  return {
    encoding: 'bytes',
    encode(data) {
      if (data instanceof Uint8Array) return data;
      throw new EncodeError(`data can't be written as bytes: it is ${typeof data}, not a Uint8Array`);
    },
    decode: (payload) => (typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload),
  };
}
