/** Names of what lets in whoever has it: `api_key`, `$$app_token`, `X-Amz-Signature`, `AWSAccessKeyId`. */
const SECRET_PARAMETER = /(key(_?id)?|token|secret|password|passwd|signature|sig|credentials?|auth|authorization)$/i;
export const HIDDEN = '***';

/** An address as it may be shown: without user, password, fragment, and the values of parameters named like a secret. */
export function shownAddress(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  shown.hash = '';
  for (const name of new Set(shown.searchParams.keys())) {
    if (SECRET_PARAMETER.test(name)) shown.searchParams.set(name, HIDDEN);
  }
  return shown.href;
}
