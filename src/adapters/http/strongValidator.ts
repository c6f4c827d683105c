/**
 * What tells that a body is the same to the byte (RFC 9110, 8.8.1): a strong `ETag`; without any, a `Last-Modified` that
 * is older by a second than the answer itself (8.8.2.2).
 */
export function strongValidator(headers: Headers): string | undefined {
  const etag = headers.get('etag');
  if (etag !== null) return etag.startsWith('W/') ? undefined : etag;
  const modified = headers.get('last-modified');
  const ageMs = Date.parse(headers.get('date') ?? '') - Date.parse(modified ?? '');
  return modified !== null && ageMs >= 1_000 ? modified : undefined;
}
