import { InvalidOptionError } from '../../core/errors.ts';
import type { Outgoing } from './exchange.ts';

export type QueryValue = string | number | boolean | undefined | readonly (string | number)[];

export interface HttpRequest {
  /** Added to `baseUrl`, encoded already; or a whole address. */
  readonly path: string | URL;
  /** Undefined values are left out; an array repeats the parameter. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON, by POST. */
  readonly json?: unknown;
  /** Sent beside `Accept`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The beginning of an answer. */
export interface HttpHead {
  readonly status: number;
  readonly headers: Headers;
  /** The address that answered, redirects followed, without secrets. */
  readonly url: string;
}

export interface HttpReply<T = unknown> extends HttpHead {
  readonly body: T;
}

/** Makes of requests what is sent to an API. */
export class Outbox {
  readonly base: URL;
  private readonly secretHeaders: Readonly<Record<string, string>>;

  /** @throws {InvalidOptionError} if the base is no address, or the key can't be a header */
  constructor(baseUrl: string | URL, key: { readonly header: string; readonly value: string } | undefined) {
    this.base = baseOf(baseUrl);
    checkKey(key?.value);
    this.secretHeaders = key ? { [key.header]: key.value } : {};
  }

  outgoing({ path, query = {}, json, headers = {} }: HttpRequest): Outgoing {
    const url =
      typeof path === 'string'
        ? new URL(this.base.href.replace(/\/?$/, '') + path)
        : withoutUser('path', new URL(path));
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const one of typeof value === 'object' ? value : [value]) url.searchParams.append(name, String(one));
    }
    return {
      url,
      method: json === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip, deflate, br, zstd',
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      secretHeaders: url.origin === this.base.origin ? this.secretHeaders : {},
      ...(json !== undefined && { body: JSON.stringify(json) }),
    };
  }
}

function baseOf(base: string | URL): URL {
  const url = URL.canParse(String(base)) ? new URL(base) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new InvalidOptionError('baseUrl', String(base), 'an http or https address');
  }
  if (url.search !== '') {
    throw new InvalidOptionError('baseUrl', `${url.origin}${url.pathname}?…`, 'an address without a query');
  }
  return withoutUser('baseUrl', url);
}

/** `fetch` takes no address with a user or a password, and quotes both where it says so. */
function withoutUser(option: string, url: URL): URL {
  if (url.username === '' && url.password === '') return url;
  const shown = `${url.protocol}//***@${url.host}${url.pathname}`;
  throw new InvalidOptionError(option, shown, 'an address without user and password');
}

function checkKey(key: string | undefined): void {
  // The error must not show it.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new InvalidOptionError('key', '***', 'visible ASCII characters');
  }
}
