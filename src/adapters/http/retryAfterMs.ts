/**
 * How long to wait, in ms, by `Retry-After`: seconds, or a date (RFC 9110, 10.2.3) by the clock that the answer's `Date`
 * shows. Undefined without one that can be read.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  const atMs = dateMs(text);
  return atMs === undefined ? undefined : Math.max(0, atMs - (dateMs(headers.get('date') ?? '') ?? nowMs));
}

/** A date of HTTP (RFC 9110, 5.6.7); `Date.parse` alone makes one of `-1`, too. */
function dateMs(text: string): number | undefined {
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return undefined;
  const atMs = Date.parse(/ GMT$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
