import { bytesCodec } from './bytesCodec.ts';
import type { Codec } from './codec.ts';
import { UnknownEncodingError } from './errors.ts';
import { jsonCodec } from './jsonCodec.ts';

/** The codecs a bus knows, by encoding. */
export class Codecs {
  private readonly byEncoding = new Map<string, Codec>();

  /** JSON and bytes, and what is added; of two with one encoding, the later. */
  constructor(added: readonly Codec[] = []) {
    for (const codec of [jsonCodec(), bytesCodec(), ...added]) this.byEncoding.set(codec.encoding, codec);
  }

  /**
   * The codec of an encoding; none named means JSON.
   * @throws {UnknownEncodingError} naming those that are known
   */
  for(encoding: string): Codec {
    const codec = this.byEncoding.get(encoding === '' ? 'json' : encoding);
    if (!codec) throw new UnknownEncodingError(encoding, [...this.byEncoding.keys()]);
    return codec;
  }
}
