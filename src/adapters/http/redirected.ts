import { HttpRedirectError } from './httpErrors.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function isRedirect({ status }: Response): boolean {
  return REDIRECTS.has(status);
}

/**
 * Where a redirect leads.
 *
 * @param shown the address that redirects, as it may be shown
 * @throws {HttpRedirectError} if it may not be followed any more, or leads where it is not safe to go
 */
export function redirected(from: URL, { headers }: Response, mayFollow: boolean, shown: string): URL {
  const refusal = (what: string) => new HttpRedirectError(`${shown} ${what}`, { url: shown, retryable: false });
  const location = headers.get('location');
  if (!mayFollow) throw refusal('redirects too often: a loop, perhaps');
  if (location === null || !URL.canParse(location, from.href)) throw refusal('redirects to no address');
  const to = new URL(location, from.href);
  if (to.protocol !== 'https:' && to.protocol !== 'http:') throw refusal('redirects away from HTTP');
  // `fetch` would refuse it too, and quote both.
  if (to.username !== '' || to.password !== '') throw refusal('redirects to an address with user and password');
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refusal('redirects from https to http');
  return to;
}
