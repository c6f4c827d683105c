export interface ContentRange {
  /** The first byte of it. */
  readonly start: number;
  /** The bytes of the whole. Undefined where the server does not know. */
  readonly total: number | undefined;
}

/** Which part of a body came, by `Content-Range` (RFC 9110, 14.4); undefined without one that can be read. */
export function contentRange(headers: Headers): ContentRange | undefined {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  if (start === undefined) return undefined;
  return { start: Number(start), total: total === '*' ? undefined : Number(total) };
}
