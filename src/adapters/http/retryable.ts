/**
 * What may be asked again, unchanged: the one table of it.
 *
 * | reply or failure                                   | again |
 * |----------------------------------------------------|-------|
 * | 408, 425, 429, 500, 502, 503, 504                  | yes   |
 * | any other status                                   | no    |
 * | refused, reset, cut, timed out, DNS busy (below)   | yes   |
 * | any other failure of the network (no such host, …) | no    |
 */
const STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  // A body that was cut in the middle of its compression.
  'Z_BUF_ERROR',
]);

/** Whether the same request may succeed later. */
export function retryable(of: { readonly status: number } | { readonly networkCode: string | undefined }): boolean {
  if ('status' in of) return STATUSES.has(of.status);
  return of.networkCode !== undefined && NETWORK_CODES.has(of.networkCode);
}
