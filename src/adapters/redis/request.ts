/** A part of a request. */
export type Part = string | number | Uint8Array;

/** A request as it goes out: text with its encoding, or bytes. */
export interface Request {
  readonly body: string | Buffer;
  readonly encoding: 'latin1' | 'utf8';
}

/**
 * A request in RESP: an array of bulk strings. Of texts only, it is one text, which the socket writes without a detour;
 * with bytes among them, one buffer.
 */
export function requestOf(parts: readonly Part[]): Request {
  return parts.some((part) => part instanceof Uint8Array) ? ofBytes(parts) : ofTexts(parts as (string | number)[]);
}

function ofTexts(parts: readonly (string | number)[]): Request {
  let body = `*${parts.length}\r\n`;
  let plain = true;
  for (const part of parts) {
    const text = typeof part === 'string' ? part : String(part);
    const bytes = Buffer.byteLength(text);
    plain &&= bytes === text.length;
    body += `$${bytes}\r\n${text}\r\n`;
  }
  return { body, encoding: plain ? 'latin1' : 'utf8' };
}

function ofBytes(parts: readonly Part[]): Request {
  const heads: string[] = [];
  let size = 0;
  let before = `*${parts.length}\r\n`;
  for (const part of parts) {
    const bytes = part instanceof Uint8Array ? part.length : Buffer.byteLength(String(part));
    const head = `${before}$${bytes}\r\n`;
    heads.push(head);
    size += head.length + bytes;
    before = '\r\n';
  }
  const body = Buffer.allocUnsafe(size + 2);
  let at = 0;
  for (const [i, part] of parts.entries()) {
    at += body.write(heads[i] as string, at, 'latin1');
    if (part instanceof Uint8Array) body.set(part, at);
    at += part instanceof Uint8Array ? part.length : body.write(String(part), at, 'utf8');
  }
  body.write('\r\n', at, 'latin1');
  return { body, encoding: 'utf8' };
}
