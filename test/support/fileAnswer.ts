import type { Answered, Asked } from './faultyHttp.ts';

export interface ServedFile {
  /** The content, or what makes it, piece by piece. */
  readonly body?: string | Buffer;
  readonly pieces?: () => Iterable<Buffer>;
  readonly type?: string;
  /** With it, ranges are served. */
  readonly etag?: string;
  readonly headers?: Record<string, string>;
}

/** A file as a server has it: `Range` and `If-Range` where it has an `ETag` (RFC 9110, 13.1.5 and 14). */
export function fileAnswer(file: ServedFile | undefined, { headers: asked }: Asked): Answered {
  if (!file) return { status: 404, body: '<html><body>404</body></html>', headers: { 'content-type': 'text/html' } };
  const { body = '', pieces, type = 'application/octet-stream', etag, headers = {} } = file;
  const all = { 'content-type': type, ...headers, ...(etag !== undefined && { etag, 'accept-ranges': 'bytes' }) };
  if (pieces) return { status: 200, pieces: pieces(), headers: all };
  const from = Number(/^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1] ?? Number.NaN);
  const condition = asked['if-range'];
  if (etag === undefined || Number.isNaN(from) || (condition !== undefined && condition !== etag)) {
    return { status: 200, body, headers: all };
  }
  const bytes = Buffer.from(body);
  if (from >= bytes.length) return { status: 416, body: '', headers: { 'content-range': `bytes */${bytes.length}` } };
  const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
  return { status: 206, body: bytes.subarray(from), headers: { ...all, 'content-range': range } };
}
