const SECRET_PARAMETER = /^(api[_-]?key|key|token|access[_-]?token|password|secret|signature|sig)$/i;
const HIDDEN = '***';

/** Takes secrets out of what may be shown. */
export class Redaction {
  private readonly secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.secrets = [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))]
      .filter((secret) => secret !== '')
      .sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.secrets.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
  }

  /** An address without user, password, and the values of parameters that are named like a secret. */
  url(url: URL): string {
    const shown = new URL(url);
    shown.username = '';
    shown.password = '';
    for (const name of shown.searchParams.keys()) {
      if (SECRET_PARAMETER.test(name)) shown.searchParams.set(name, HIDDEN);
    }
    return this.text(shown.href);
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
