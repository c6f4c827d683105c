import { InvalidOptionError } from '../../core/errors.ts';
import type { Endpoint } from './endpoint.ts';
import type { RedisStoreOptions } from './redisStoreOptions.ts';

const TAKES = [
  'redis://user:password@host:port/db, unix:/path/to/socket,',
  'redis+sentinel://user:password@host:port,host:port/master/db or redis+cluster://user:password@host:port,host:port;',
  'rediss for TLS',
].join(' ');

/** What a URL says: options, and where several servers are. */
export interface ParsedUrl extends RedisStoreOptions {
  /** The sentinels, and the name of what they watch. */
  readonly sentinels?: { readonly master: string; readonly at: readonly Endpoint[] };
  /** Some nodes of a Cluster. */
  readonly cluster?: readonly Endpoint[];
}

/** @throws {InvalidOptionError} without the user and password of the URL */
export function parseUrl(text: string): ParsedUrl {
  const several = SEVERAL.exec(text)?.groups;
  if (several) return parseSeveral(several as unknown as Several, text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'unix:' && url.pathname.startsWith('/')) return { path: decode(url.pathname, text) };
  if (!url || (url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '') refuse(text);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    tls: url.protocol === 'rediss:',
    ...(url.port !== '' && { port: Number(url.port) }),
    ...credentials(url.username, url.password, text),
    ...database(url.pathname.slice(1), text),
  };
}

/** With several hosts it is no URL by the standard, so it is taken apart here. */
const SEVERAL =
  /^(?<scheme>rediss?)\+(?<kind>sentinel|cluster):\/\/(?:(?<user>[^/?#]*)@)?(?<hosts>[^/?#@]+)\/?(?<path>[^?#]*)(?:\?(?<query>[^#]*))?$/i;

interface Several {
  readonly scheme: string;
  readonly kind: string;
  readonly user: string | undefined;
  readonly hosts: string;
  readonly path: string;
  readonly query: string | undefined;
}

function parseSeveral({ scheme, kind, user = '', hosts, path, query = '' }: Several, text: string): ParsedUrl {
  const [, username = '', password = ''] = /^([^:]*):?(.*)$/s.exec(user) ?? [];
  const common = { tls: scheme.toLowerCase() === 'rediss', ...credentials(username, password, text) };
  const isCluster = kind.toLowerCase() === 'cluster';
  const at = hosts.split(',').map((host) => endpointOf(host, isCluster ? 6_379 : 26_379, text));
  if (isCluster) {
    if (query !== '') refuse(text);
    if (path !== '' && path !== '0') refuse(text, 'no number of a database: a Redis Cluster has database 0 only');
    return { ...common, cluster: at };
  }
  const [master = '', db = '', ...rest] = path.split('/');
  if (rest.length > 0) refuse(text);
  if (master === '') refuse(text, 'the name of the master behind the sentinels: redis+sentinel://host:port/master');
  return { ...common, ...database(db, text), ...ofQuery(query, text), sentinels: { master: decode(master, text), at } };
}

function endpointOf(host: string, port: number, text: string): Endpoint {
  const found = /^(\[[^\]]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/.exec(host);
  const given = found?.[2] === undefined ? port : Number(found[2]);
  if (found?.[1] === undefined || given < 1 || given > 65_535) return refuse(text);
  return { host: found[1].replace(/^\[|\]$/g, ''), port: given };
}

/** Credentials of the sentinels themselves. */
function ofQuery(query: string, text: string): RedisStoreOptions {
  const given = Object.fromEntries(new URLSearchParams(query));
  const { sentinelUsername, sentinelPassword, ...unknown } = given;
  const [other] = Object.keys(unknown);
  if (other !== undefined) refuse(text, `sentinelUsername and sentinelPassword behind the ?, not ${other}`);
  return { ...(sentinelUsername && { sentinelUsername }), ...(sentinelPassword && { sentinelPassword }) };
}

function credentials(username: string, password: string, text: string): RedisStoreOptions {
  return {
    ...(username !== '' && { username: decode(username, text) }),
    ...(password !== '' && { password: decode(password, text) }),
  };
}

function database(db: string, text: string): RedisStoreOptions {
  if (!/^\d*$/.test(db)) refuse(text);
  return db === '' ? {} : { db: Number(db) };
}

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return refuse(text);
  }
}

/** The query may hold a password too. */
function refuse(text: string, takes = TAKES): never {
  const shown = text.replace(/^([^/]*\/\/)?.*@/s, '$1***@').replace(/\?.*$/s, '?***');
  throw new InvalidOptionError('url', shown, takes);
}
