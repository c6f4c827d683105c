import { HIDDEN, shownAddress } from './shownAddress.ts';

/** Takes secrets out of what may be shown. */
export class Redaction {
  private readonly secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.secrets = [...new Set(secrets.flatMap(spelled))]
      .filter((secret) => secret !== '')
      .sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.secrets.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
  }

  url(url: URL): string {
    return this.text(shownAddress(url));
  }

  /** A body of JSON, whichever way its texts are escaped; undefined if it is none. */
  json(text: string): unknown {
    try {
      return JSON.parse(text, (_key, value) => (typeof value === 'string' ? this.text(value) : value));
    } catch {
      return undefined;
    }
  }

  /** The beginning of a body, on one line. */
  excerpt(text: string): string {
    return this.text(text).replace(/\s+/g, ' ').trim().slice(0, 200);
  }

  /** A cause that can be shown: what `fetch` throws may quote a header. */
  cause(cause: unknown): unknown {
    if (!(cause instanceof Error)) return typeof cause === 'string' ? this.text(cause) : undefined;
    const shown = new Error(this.text(cause.message), { cause: this.cause(cause.cause) });
    shown.name = cause.name;
    const code: unknown = Reflect.get(cause, 'code');
    return code === undefined ? shown : Object.assign(shown, { code });
  }
}

/** A secret as an answer may quote it: as it is, within JSON, within an address. */
function spelled(secret: string): readonly string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inUrl = encodeURIComponent(secret);
  return [
    secret,
    inJson,
    inJson.replaceAll('/', '\\/'),
    inUrl,
    inUrl.replace(/%../g, (escaped) => escaped.toLowerCase()),
  ];
}
