/**
 * A value as an error may show it. A string that may be an address keeps its scheme and host only; in an object all
 * but its shape is hidden, since anything may be a password under any name.
 */
export function withoutSecrets(value: unknown, isAddress: boolean): unknown {
  if (typeof value === 'string') return isAddress ? hideInAddress(value) : value;
  return typeof value === 'object' && value !== null ? shapeOf(value) : value;
}

/** What stands for what is not shown. */
export const HIDDEN = '***';

function hideInAddress(text: string): string {
  const url = URL.parse(text);
  if (url?.host) return `${url.protocol}//${url.host}`;
  const scheme = /^([a-z][a-z0-9+.-]*:\/\/|(?:rediss?|unix):)./i.exec(text)?.[1];
  if (scheme) return `${scheme}${HIDDEN}`;
  // Without an @ there is no password before a host; `host:port` is what it mostly is.
  return /^[\w.-]+(:\d+)?$/.test(text) || !/[@:]/.test(text) ? text : HIDDEN;
}

function shapeOf(value: object): unknown {
  const hide = (_: string, inner: unknown) =>
    typeof inner === 'object' || typeof inner === 'boolean' ? inner : HIDDEN;
  try {
    return JSON.parse(JSON.stringify(value, hide));
  } catch {
    // A cycle: nothing of it is needed to say that it is the wrong thing.
    return {};
  }
}
