import { TextDecoder } from 'node:util';
import { DownloadEncodingError } from './downloadErrors.ts';

export interface Decoding {
  /** What was asked for. */
  readonly encoding: string | undefined;
  /** What the answer said. */
  readonly contentType: string | null;
  readonly url: string;
}

/**
 * Bytes as text, without a byte order mark. The encoding is that of the mark, else what was asked for, else the charset of
 * the answer, else UTF-8.
 *
 * @throws {DownloadEncodingError} at bytes that are no text of it
 */
export async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  head: Uint8Array,
  { encoding, contentType, url }: Decoding,
): AsyncGenerator<string> {
  const name = marked(head) ?? encoding ?? charsetOf(contentType) ?? 'utf-8';
  const decoder = new TextDecoder(name, { fatal: true });
  let before = 0;
  const text = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch (cause) {
      const message = `${url} has bytes that are no ${name}, behind byte ${before}: say \`encoding\`, 'windows-1252' perhaps`;
      throw new DownloadEncodingError(message, url, cause);
    }
  };
  for await (const chunk of chunks) {
    yield text(chunk);
    before += chunk.byteLength;
  }
  yield text();
}

/** By the byte order mark. */
function marked([a, b, c]: Uint8Array): string | undefined {
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  return a === 0xfe && b === 0xff ? 'utf-16be' : undefined;
}

/** What the answer says, if that is an encoding that can be read. */
function charsetOf(contentType: string | null): string | undefined {
  const charset = /charset="?([\w-]+)/i.exec(contentType ?? '')?.[1];
  try {
    return charset && new TextDecoder(charset).encoding;
  } catch {
    return undefined;
  }
}
