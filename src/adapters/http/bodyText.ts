import { TextDecoder } from 'node:util';
import type { Exchange } from './exchange.ts';
import { HttpContentError } from './httpErrors.ts';

/** A body as text. @throws {HttpContentError} if it is no UTF-8 */
export async function bodyText(chunks: AsyncIterable<Uint8Array>, exchange: Exchange): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parts: string[] = [];
  for await (const chunk of chunks) parts.push(decoded(decoder, chunk, exchange));
  parts.push(decoded(decoder, undefined, exchange));
  return parts.join('');
}

function decoded(decoder: TextDecoder, chunk: Uint8Array | undefined, exchange: Exchange): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch (cause) {
    const message = `${exchange.shown} answered bytes that are no UTF-8`;
    throw new HttpContentError(message, { url: exchange.shown, cause, retryable: false });
  }
}

/** As much of an error's body as could be of use; what can't be read does not hide the status. */
export async function bodyBeginning(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      parts.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= 65_536) break;
    }
  } catch {
    return Buffer.concat(parts).toString();
  }
  return Buffer.concat(parts).toString();
}
